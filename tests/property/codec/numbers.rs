//! Numbers are exact: what cannot be held is refused, on both sides.

use dynorm::codec::{Writer, from_json, to_json};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

fn stored(digits: &str) -> Vec<u8> {
    format!(r#"{{"N":"{digits}"}}"#).into_bytes()
}

fn written(text: &str) -> Result<String, dynorm::error::EncodeError> {
    let mut writer = Writer::new();
    writer.number(text)?;
    let json: Value = serde_json::from_slice(writer.as_bytes()).unwrap();
    Ok(json["N"].as_str().unwrap().to_owned())
}

#[test]
fn integers_are_read_in_any_form() {
    for (digits, value) in
        [("1E2", 100), ("100.0", 100), ("+5", 5), ("-0", 0), ("007", 7), ("0.5e1", 5), ("12.50E1", 125)]
    {
        assert_eq!(from_json::<u8>(&stored(digits)).unwrap(), value, "{digits}");
        assert_eq!(from_json::<i128>(&stored(digits)).unwrap(), i128::from(value), "{digits}");
    }
    assert_eq!(from_json::<i8>(&stored("-1.28E2")).unwrap(), -128);
    assert_eq!(from_json::<i128>(&stored(&i128::MIN.to_string())).unwrap(), i128::MIN);
}

#[test]
fn integers_that_do_not_fit_are_refused_with_the_type() {
    for digits in ["256", "-1", "1E3", "1E125", "1E999999999999", "99999999999999999999999999999999999999999999"] {
        let error = from_json::<u8>(&stored(digits)).unwrap_err();
        assert!(error.is_invalid(), "{digits}");
        assert_eq!(error.to_string(), "the number does not fit `u8`", "{digits}");
    }
    for digits in ["1.5", "1E-1", "", "-", "x", "1e", "0x10", "NaN", "inf", " 1"] {
        assert!(from_json::<u8>(&stored(digits)).unwrap_err().is_invalid(), "{digits}");
        assert!(from_json::<i64>(&stored(digits)).unwrap_err().is_invalid(), "{digits}");
    }
}

#[test]
fn integers_beyond_38_digits_are_refused() {
    assert!(to_json(&u128::MAX).unwrap_err().is_number());
    assert!(to_json(&i128::MIN).unwrap_err().is_number());
    assert_eq!(to_json(&10_u128.pow(38)).unwrap(), stored(&format!("1{}", "0".repeat(38))));
    assert_eq!(to_json(&(10_u128.pow(38) - 1)).unwrap(), stored(&"9".repeat(38)));
}

#[test]
fn floats_without_a_place_in_dynamodb_are_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 1e126, 1e-131, f64::MIN_POSITIVE] {
        assert!(to_json(&value).unwrap_err().is_number(), "{value}");
    }
    assert!(to_json(&f32::NAN).unwrap_err().is_number());
    assert_eq!(to_json(&-0.0_f64).unwrap(), stored("0"));
    assert_eq!(to_json(&0.1_f64).unwrap(), stored("0.1"));
    assert_eq!(to_json(&0.1_f32).unwrap(), stored("0.1"));
    assert_eq!(to_json(&1e21_f64).unwrap(), stored("1000000000000000000000"));
}

#[test]
fn floats_are_read_to_the_nearest() {
    assert_eq!(from_json::<f64>(&stored("0.10000000000000000000000000000000000001")).unwrap(), 0.1);
    assert_eq!(from_json::<f32>(&stored("16777217")).unwrap(), 16_777_216.0);
    assert_eq!(from_json::<f64>(&stored("1E125")).unwrap(), 1e125);
    for digits in ["inf", "-Infinity", "NaN", "1E400", "x"] {
        assert!(from_json::<f64>(&stored(digits)).unwrap_err().is_invalid(), "{digits}");
    }
    assert!(from_json::<f32>(&stored("1E125")).unwrap_err().is_invalid());
}

#[test]
fn decimals_are_exact_or_refused() {
    assert_eq!(from_json::<Decimal>(&stored("1E2")).unwrap(), Decimal::from(100));
    assert_eq!(from_json::<Decimal>(&stored("79228162514264337593543950335")).unwrap(), Decimal::MAX);
    for digits in ["79228162514264337593543950336", "1E-29", "0.12345678901234567890123456789", "1E30"] {
        assert!(from_json::<Decimal>(&stored(digits)).unwrap_err().is_invalid(), "{digits}");
    }
}

#[test]
fn json_numbers_are_exact_or_refused() {
    let digits = "0.12345678901234567890123456789012345678";
    let value: Value = serde_json::from_str(digits).unwrap();
    assert_eq!(to_json(&value).unwrap(), stored(digits));
    assert_eq!(from_json::<Value>(&stored(digits)).unwrap(), value);
    for text in ["1e400", "123456789012345678901234567890123456789", "1e-131"] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(to_json(&value).unwrap_err().is_number(), "{text}");
    }
    assert_eq!(from_json::<Value>(&stored("+.5")).unwrap().to_string(), "0.5");
}

#[test]
fn json_has_no_place_for_sets_and_bytes() {
    for json in [&br#"{"SS":["a"]}"#[..], br#"{"NS":["1"]}"#, br#"{"BS":["AA=="]}"#, br#"{"B":"AA=="}"#] {
        assert!(from_json::<Value>(json).unwrap_err().is_invalid());
    }
}

#[test]
fn equal_numbers_of_a_set_are_merged() {
    let mut writer = Writer::new();
    writer.number_set(["1", "1.0", "10E-1", "2", "-0", "0.00"]).unwrap();
    assert_eq!(writer.as_bytes(), br#"{"NS":["1","2","0"]}"#);
    let mut writer = Writer::new();
    writer.string_set(["a", "b", "a"]).unwrap();
    assert_eq!(writer.as_bytes(), br#"{"SS":["a","b"]}"#);
}

proptest! {
    #[test]
    fn a_number_in_any_form_is_written_in_one(
        negative in any::<bool>(), digits in "[1-9][0-9]{0,30}", zeros in 0..5_usize, shift in 0..20_usize, exponent in -50..50_i32,
    ) {
        let sign = if negative { "-" } else { "" };
        let plain = written(&format!("{sign}{digits}E{exponent}")).unwrap();
        // The same number with leading zeros, and the point moved to the left.
        let padded = format!("{}{digits}", "0".repeat(zeros + shift));
        let (whole, fraction) = padded.split_at(padded.len() - shift);
        let shift = i32::try_from(shift).unwrap();
        let moved = format!("{sign}{whole}.{fraction}{}e{}", "0".repeat(zeros), exponent + shift);
        prop_assert_eq!(written(&moved).unwrap(), plain.clone());
        prop_assert!(!plain.contains(['e', 'E', '+']));
        prop_assert_eq!(plain.parse::<f64>().unwrap(), format!("{sign}{digits}E{exponent}").parse::<f64>().unwrap());
        prop_assert_eq!(written(&plain).unwrap(), plain);
    }

    #[test]
    fn no_text_panics_as_a_number(text in "[-+0-9.eE]{0,60}|.{0,8}") {
        let accepted = written(&text).is_ok();
        let json = serde_json::json!({ "N": text }).to_string();
        if accepted {
            prop_assert!(from_json::<f64>(json.as_bytes()).is_ok());
        }
        let _ = from_json::<i128>(json.as_bytes());
        let _ = from_json::<Decimal>(json.as_bytes());
        let _ = from_json::<Value>(json.as_bytes());
        let _ = from_json::<std::time::Duration>(json.as_bytes());
        let _ = from_json::<chrono::TimeDelta>(json.as_bytes());
    }
}
