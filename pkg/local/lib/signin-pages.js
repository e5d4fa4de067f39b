// The pages that people see when they sign in.

/** Who to be; `people` are `{ key, name, about }`. */
export function chooser({ application, org_code }, { people, hint = "", errors }) {
  const choices = people.map(
    ({ key, name, about }) =>
      `<button name="person" value="${escaped(key)}"><strong>${escaped(name)}</strong> <span>${escaped(about)}</span></button>`,
  );
  const where = org_code ? ` to ${escaped(org_code)}` : "";
  const failures = Object.entries(errors).map(
    ([code, about]) => `<button name="person" value="error:${code}">${escaped(about)} <span>${code}</span></button>`,
  );
  return page(`<h1>Who do you want to be?</h1>
    <p>${escaped(application.name)} wants you to sign in${where}.</p>
    <form method="post">${choices.join("\n")}
    <button class="no" name="person" value="nobody">Do not sign in</button></form>
    <details${hint ? " open" : ""}><summary>Somebody else</summary>
      <form method="post"><label>E-mail address <input name="email" type="email" required value="${escaped(hint)}"></label>
      <button name="person" value="other">Sign in as them</button>
      <button name="person" value="wrong">Type their password wrong</button></form>
      <form method="post"><button name="person" value="register">Register as somebody new</button></form></details>
    <details><summary>Let it go wrong</summary><form method="post">${failures.join("\n")}</form></details>
    <p class="note">This is local Kinde: made-up people on this machine, and no passwords.</p>`);
}

/** Who somebody new is. */
export function registration({ application, invite, login_hint = "" }) {
  const email = invite?.email ?? login_hint;
  const fixed = invite ? " readonly" : "";
  return page(`<h1>${invite ? "You are invited" : "Who are you?"}</h1>
    <p>${escaped(application.name)} wants you to register.</p>
    <form method="post">
    <label>Given name <input name="given_name" autocomplete="off" value="${escaped(invite?.first_name ?? "")}"></label>
    <label>Family name <input name="family_name" autocomplete="off" value="${escaped(invite?.last_name ?? "")}"></label>
    <label>E-mail address <input name="email" type="email" required value="${escaped(email)}"${fixed}></label>
    <button name="person" value="new">Register</button></form>
    <form method="post"><button class="no" name="person" value="nobody">Do not register</button></form>
    <p class="note">This is local Kinde: nothing is sent to anybody.</p>`);
}

/** Something to read. */
export const message = (title, text) => page(`<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);

const escaped = (text) => String(text).replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;
background:light-dark(#fbfbfa,#131416);color:light-dark(#1d1f22,#e9e9e6);font:1rem/1.5 system-ui,sans-serif}
main{width:min(24rem,100vw - 2rem);padding:1rem 0}h1{font-size:1.4rem;margin:0}
p{margin:.4rem 0 1.2rem;color:light-dark(#5c6066,#a2a6ad);overflow-wrap:anywhere}
form{display:grid;gap:.6rem;margin:0 0 .6rem}button,input{padding:.8rem 1rem;border:1px solid light-dark(#85898f,#767b83);
border-radius:8px;background:light-dark(#fff,#1a1c1f);color:inherit;font:inherit;text-align:left}
button{cursor:pointer}input{display:block;box-sizing:border-box;width:100%}span{color:light-dark(#5c6066,#a2a6ad)}
details{margin:.6rem 0}summary{cursor:pointer;padding:.3rem 0}
.no{border-color:transparent;background:none}.note{margin-top:1.6rem;font-size:.88rem}
:focus-visible{outline:2px solid light-dark(#2d4fc9,#9db4ff);outline-offset:2px}`;

function page(content) {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Local Kinde</title><link rel="icon" href="data:,">
<style>${STYLE}</style><main>${content}</main></html>`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
  };
  return { status: 200, body, headers };
}
