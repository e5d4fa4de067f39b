//! How long the service asks to wait (RFC 9110, section 10.2.3).

/// What a driver reads headers with.
pub(crate) struct Reader {
    /// The value of a decimal number, else NaN.
    pub number: fn(&str) -> f64,
    /// A date in milliseconds since 1970, else NaN.
    pub date: fn(&str) -> f64,
    /// Milliseconds since 1970.
    pub now: fn() -> f64,
}

impl Reader {
    /// Seconds to wait: `Retry-After` as seconds or as a date, else `RateLimit-Reset`. `header` gives
    /// a header of an answer.
    pub fn retry_after(&self, header: &dyn Fn(&str) -> Option<String>) -> Option<f64> {
        let header = |name: &str| header(name).filter(|text| !text.is_empty());
        let seconds = |text: &str| Some((self.number)(text)).filter(|seconds| *seconds >= 0.0);
        if let Some(text) = header("retry-after") {
            if let Some(seconds) = seconds(&text) {
                return Some(seconds);
            }
            // By the service's own clock, where it is told.
            let sent = header("date").map_or(f64::NAN, |text| (self.date)(&text));
            let sent = if sent.is_nan() { (self.now)() } else { sent };
            let wait = ((self.date)(&text) - sent) / 1000.0;
            if !wait.is_nan() {
                return Some(wait.max(0.0));
            }
        }
        seconds(&header("ratelimit-reset")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &str)]) -> Option<f64> {
        let reader = Reader {
            number: |text| text.parse().unwrap_or(f64::NAN),
            date: |text| match text {
                "Thu, 01 Jan 1970 00:00:10 GMT" => 10_000.0,
                "Thu, 01 Jan 1970 00:00:25 GMT" => 25_000.0,
                _ => f64::NAN,
            },
            now: || 20_000.0,
        };
        reader.retry_after(&|name| {
            let found = headers.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const TEN: &str = "Thu, 01 Jan 1970 00:00:10 GMT";
    const TWENTY_FIVE: &str = "Thu, 01 Jan 1970 00:00:25 GMT";

    #[test]
    fn seconds_are_waited() {
        assert_eq!(wait(&[("retry-after", "0")]), Some(0.0));
        assert_eq!(wait(&[("retry-after", "120")]), Some(120.0));
        assert_eq!(wait(&[("retry-after", "1.5")]), Some(1.5));
        assert_eq!(wait(&[]), None);
        for text in ["", "-1", "soon", "NaN"] {
            assert_eq!(wait(&[("retry-after", text)]), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_waited_for_by_the_clock_of_the_service() {
        assert_eq!(wait(&[("retry-after", TWENTY_FIVE)]), Some(5.0));
        assert_eq!(wait(&[("retry-after", TEN)]), Some(0.0));
        assert_eq!(
            wait(&[("retry-after", TWENTY_FIVE), ("date", TEN)]),
            Some(15.0)
        );
        assert_eq!(
            wait(&[("retry-after", TWENTY_FIVE), ("date", "once")]),
            Some(5.0)
        );
    }

    #[test]
    fn the_end_of_the_rate_limit_will_do() {
        assert_eq!(wait(&[("ratelimit-reset", "7")]), Some(7.0));
        assert_eq!(wait(&[("ratelimit-reset", "-7")]), None);
        assert_eq!(
            wait(&[("retry-after", "soon"), ("ratelimit-reset", "7")]),
            Some(7.0)
        );
        assert_eq!(
            wait(&[("retry-after", "3"), ("ratelimit-reset", "7")]),
            Some(3.0)
        );
    }
}
