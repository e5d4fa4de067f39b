import { NOTHING, given, success } from "../answer.js";
import { shades } from "../colours.js";

export default {
  getEnvironment({ store, origin, url }) {
    const { environment } = store;
    const colours = Object.keys(environment).filter((name) => name.includes("_color"));
    const { light, dark } = environment.logos;
    return success({
      environment: {
        ...given(environment, [
          "code",
          "name",
          "hotjar_site_id",
          "google_analytics_tag",
          "is_default",
          "is_live",
          "custom_domain",
          "contentsquare_tag_id",
          "theme_code",
          "color_scheme",
          "button_border_radius",
          "card_border_radius",
          "input_border_radius",
          "created_on",
        ]),
        kinde_domain: url.host,
        logo: light ? `${origin}/logo` : null,
        logo_dark: dark ? `${origin}/logo_dark` : null,
        favicon_svg: null,
        favicon_fallback: null,
        ...shades(environment, colours),
      },
    });
  },

  ReadLogo: ({ store }) => success({ logos: Object.values(store.environment.logos) }),

  AddLogo({ store, path, body }) {
    store.environment.logos[path.type] = { type: path.type, file_name: body.logo.name };
    return success({}, "Logo successfully updated");
  },

  DeleteLogo({ store, path }) {
    const { logos } = store.environment;
    if (!logos[path.type]) return NOTHING;
    delete logos[path.type];
    return success({}, "Logo successfully deleted");
  },

  ReplaceMFA({ store, body }) {
    store.environment.mfa = body;
    return success();
  },
};
