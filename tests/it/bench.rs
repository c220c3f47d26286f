//! `senim bench` measures what it says and finds nothing wrong on the way. How fast things are is never tested.

use serde_json::Value;

use crate::installation::Home;

/// The members of the line of JSON; those of errors must be 0, all others have a value.
fn measured(home: &Home, arguments: &[&str]) -> Vec<String> {
    let line: Value = serde_json::from_str(&home.good(arguments)).unwrap();
    let figures = line.as_object().expect("an object");
    for (name, figure) in figures {
        let figure = figure.as_f64().unwrap_or_else(|| panic!("{name}: {figure}"));
        assert!(figure.is_finite(), "{name}: {figure}");
        assert!(!name.starts_with("errors") || figure == 0.0, "{name}: {figure}");
    }
    assert!(
        !home.path("bench").read_dir().is_ok_and(|mut left| left.next().is_some()),
        "nothing is left behind"
    );
    figures.keys().cloned().collect()
}

#[test]
fn the_record_is_measured_from_the_intake_to_the_outsider() {
    let home = Home::new("bench-audit");
    let small = ["--seconds", "1", "--sequenced", "1000", "--verified", "10000", "--json"];
    let names = measured(&home, &[&["bench", "audit"][..], &small].concat());
    let expected = [
        "audit_overhead",
        "bundle_mb",
        "consistency_bytes",
        "consistency_check_us",
        "consistency_make_us",
        "errors_export",
        "errors_proofs",
        "errors_reconcile",
        "errors_verify",
        "exported_mb_per_second",
        "exported_per_second",
        "inclusion_bytes",
        "inclusion_check_us",
        "inclusion_make_us",
        "intake_peak_entries",
        "intake_queue_off",
        "intake_queue_on",
        "reconciled_per_second",
        "sequenced_entries",
        "sequenced_per_second",
        "sequencer_ratio",
        "verified_entries",
        "verified_per_second",
    ];
    assert_eq!(names, expected);
}
