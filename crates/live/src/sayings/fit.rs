//! The size that a size chart (尺码表) gives for a height and a weight.

use serde_json::Value;

/// A weight without a unit: from here on it is in 斤, below it in kilograms.
const JIN_FROM: f64 = 76.0;

/// The sizes in whose row the height (cm) and the weight (kg) both lie, in the order of the chart, with / between them;
/// nothing if the chart has no such row, or says nothing of heights and weights. `body` is `160x55`, `160x` or `x55`.
pub(super) fn fitting(chart: &Value, body: &str) -> Option<String> {
    let (height, weight) = body.split_once('x')?;
    let (height, weight) = (height.parse::<f64>().ok(), weight.parse::<f64>().ok());
    let columns: Vec<&str> = chart.get("columns")?.as_array()?.iter().filter_map(Value::as_str).collect();
    let named = |word: &str| columns.iter().position(|name| name.contains(word));
    let (heights, weights) = (named("身高"), named("体重"));
    // What is known of the body must be judged, or the answer would be a guess.
    let judged = (height.is_some() && heights.is_some()) || (weight.is_some() && weights.is_some());
    let unanswered = (height.is_some() && heights.is_none() && weights.is_none()) || !judged;
    if unanswered {
        return None;
    }
    let mut sizes = Vec::new();
    for row in chart.get("rows")?.as_array()? {
        let cell = |at: usize| row.get(at).and_then(Value::as_str).unwrap_or_default();
        let tall = heights.zip(height).is_none_or(|(at, height)| within(cell(at), height, |value| value));
        let heavy = weights.zip(weight).is_none_or(|(at, weight)| {
            let unit = format!("{}{}", columns.get(at).copied().unwrap_or_default(), cell(at)).to_lowercase();
            let jin = unit.contains('斤') && !unit.contains("公斤");
            let kilograms = unit.contains("kg") || unit.contains("公斤") || unit.contains("千克");
            within(cell(at), weight, |value| {
                if jin || (!kilograms && value >= JIN_FROM) { value / 2.0 } else { value }
            })
        });
        let size = cell(0).trim();
        if tall && heavy && !size.is_empty() {
            sizes.push(size);
        }
    }
    (!sizes.is_empty()).then(|| sizes.join("/"))
}

/// Whether a value lies in the range that a cell says, such as 155-160 or 45kg以下.
fn within(cell: &str, value: f64, unit: impl Fn(f64) -> f64) -> bool {
    let numbers: Vec<f64> = cell
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|number| number.parse::<f64>().ok())
        .map(unit)
        .collect();
    match numbers.as_slice() {
        [low, high, ..] => *low <= value && value <= *high,
        [most] if cell.contains("下") || cell.contains("内") || cell.contains('<') => value <= *most,
        [least] if cell.contains("上") || cell.contains('>') => value >= *least,
        [exact] => (value - exact).abs() < 0.5,
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_chart_gives_the_sizes_of_a_body_and_never_guesses() {
        let chart = json!({
            "columns": ["尺码", "身高", "体重(斤)"],
            "rows": [["S", "150-158", "80-95"], ["M", "158-165", "95-110"], ["L", "163-170", "108-125以上"]],
        });
        for (body, size) in [
            ("160x50", Some("M")),
            ("164x54.5", Some("M/L")),
            ("160x", Some("M")),
            ("x45", Some("S")),
            ("190x50", None),
            ("x", None),
            ("nonsense", None),
        ] {
            assert_eq!(fitting(&chart, body).as_deref(), size, "{body}");
        }
        let girth = json!({"columns": ["尺码", "胸围"], "rows": [["S", "90"]]});
        assert_eq!(fitting(&girth, "160x50"), None);
        let kilograms = json!({"columns": ["尺码", "体重"], "rows": [["L", "60-80kg"], ["XL", "160斤以上"]]});
        assert_eq!(fitting(&kilograms, "x70").as_deref(), Some("L"));
        assert_eq!(fitting(&kilograms, "x85").as_deref(), Some("XL"));
    }
}
