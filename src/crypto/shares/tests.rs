//! Tests of the sheets.

use super::*;
use crate::crypto::random::Entropy;
use proptest::prelude::*;

fn desk() -> DeskTag {
    DeskTag::parse("astana-1").unwrap()
}

fn key(byte: u8) -> Secret<32> {
    Secret::new([byte; 32])
}

fn dealt(byte: u8, threshold: u8, total: u8) -> Vec<Share> {
    split(&key(byte), &desk(), threshold, total, &mut Entropy::seeded(u64::from(byte)).rng()).unwrap()
}

#[test]
fn any_threshold_of_them_and_no_fewer() {
    let shares = dealt(7, 3, 5);
    assert_eq!(shares.iter().map(Share::index).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    for chosen in 0_u8..32 {
        let some: Vec<Share> = shares
            .iter()
            .enumerate()
            .filter(|(i, _)| chosen >> i & 1 == 1)
            .map(|(_, share)| share.clone())
            .collect();
        match some.len() {
            0 => assert_eq!(combine(&some), Err(ShareError::TooFew { needed: 2, got: 0 })),
            got @ 1..3 => assert_eq!(combine(&some), Err(ShareError::TooFew { needed: 3, got })),
            _ => assert_eq!(combine(&some), Ok(key(7))),
        }
    }
    let twice = [shares[0].clone(), shares[0].clone(), shares[1].clone()];
    assert_eq!(combine(&twice), Err(ShareError::TooFew { needed: 3, got: 2 }));
}

#[test]
fn wrong_and_mixed_shares() {
    let (mine, theirs) = (dealt(7, 2, 3), dealt(8, 2, 3));
    assert_eq!(combine(&[mine[0].clone(), theirs[1].clone()]), Err(ShareError::Mixed));
    let mut forged = mine[1].clone();
    forged.part = Secret::new([0; 32]);
    assert_eq!(combine(&[mine[0].clone(), forged]), Err(ShareError::Wrong));
}

#[test]
fn numbers_and_tags() {
    for (threshold, total) in [(0, 0), (1, 1), (1, 3), (3, 2), (2, 21)] {
        let made = split(&key(1), &desk(), threshold, total, &mut Entropy::seeded(1).rng());
        assert_eq!(made.err(), Some(ShareError::Numbers), "{threshold} of {total}");
    }
    assert!(split(&key(1), &desk(), 20, 20, &mut Entropy::seeded(1).rng()).is_ok());
    assert_eq!(desk().as_str(), "ASTANA-1");
    for bad in ["", " ", "a b", "a/b", "Астана", &"A".repeat(33)] {
        assert_eq!(DeskTag::parse(bad), Err(ShareError::DeskTag), "{bad}");
    }
}

#[test]
fn every_mistyped_symbol_is_found_in_its_line() {
    let text = dealt(7, 2, 3)[0].text().expose().to_owned();
    let lines: Vec<&str> = text.lines().collect();
    for number in 1..=LINES {
        let (prefix, symbols) = lines[number].split_once(' ').unwrap();
        for (at, right) in symbols.chars().enumerate().filter(|(_, symbol)| *symbol != '-') {
            for wrong in (0..32).map(crockford::character).filter(|wrong| *wrong != right) {
                let typed: String = symbols
                    .chars()
                    .enumerate()
                    .map(|(here, symbol)| if here == at { wrong } else { symbol })
                    .collect();
                let typed = format!("{prefix} {typed}");
                let mut lines = lines.clone();
                lines[number] = &typed;
                assert_eq!(Share::parse(&lines.join("\n")), Err(ShareError::Line(number)), "{typed}");
            }
        }
    }
}

#[test]
fn lines_and_heads_belong_together() {
    let shares = dealt(7, 2, 3);
    let text = shares[0].text().expose().to_owned();
    let lines: Vec<&str> = text.lines().collect();
    let swapped = [lines[0], lines[2], lines[1], lines[3], lines[4], lines[5], lines[6]].join("\n");
    assert_eq!(Share::parse(&swapped), Err(ShareError::Checksum));
    assert_eq!(Share::parse(&text.replace("1/3", "2/3")), Err(ShareError::Checksum));
    assert_eq!(Share::parse(&text.replace("ASTANA", "ALMATY")), Err(ShareError::Checksum));
    assert_eq!(Share::parse(&format!("{text}\n{}", lines[6])), Err(ShareError::Checksum));
    assert_eq!(Share::parse(&lines[..6].join("\n")), Err(ShareError::Line(6)));
    for head in [
        "",
        "x",
        "SENIM-SHARE-2 A 1/3 2",
        "SENIM-SHARE-1 A 4/3 2",
        "SENIM-SHARE-1 A 1/3 4",
        "SENIM-SHARE-1 A 0/3 2",
    ] {
        assert!(Share::parse(&text.replace(lines[0], head)).is_err(), "{head}");
    }
}

#[test]
fn typing_is_forgiven() {
    let share = &dealt(7, 2, 3)[2];
    let text = share.text().expose().to_owned();
    let loose = text.to_lowercase().replace('-', " ").replace("senim share 1", "senim-share-1");
    let loose = loose.replace("astana 1", "astana-1").replace('\n', "\r\n\r\n  ");
    assert_eq!(Share::parse(&loose).as_ref(), Ok(share), "{loose}");
    let unnumbered: String = text
        .lines()
        .map(|line| line.split_once(") ").map_or(line, |(_, rest)| rest).to_owned() + "\n")
        .collect();
    assert_eq!(Share::parse(&unnumbered).as_ref(), Ok(share));
}

#[test]
fn the_sheet_tells_what_it_is() {
    let share = &dealt(7, 2, 3)[2];
    let sheet = share.sheet();
    assert!(sheet.expose().ends_with(&format!("{}\n", share.text().expose())));
    for words in
        ["Recovery sheet 3 of 3", "Any 2 sheets", "Лист восстановления 3 из 3", "3 парақтың 3-парағы"]
    {
        assert!(sheet.expose().contains(words), "{words}");
    }
    assert_eq!(format!("{share:?}"), "Share(SENIM-SHARE-1 ASTANA-1 3/3 2, ..)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn round_trip(secret: [u8; 32], threshold in 2_u8..8, more in 0_u8..6, seed: u64) {
        let shares = split(&Secret::new(secret), &desk(), threshold, threshold + more, &mut Entropy::seeded(seed).rng()).unwrap();
        let typed: Vec<Share> = shares.iter().map(|share| Share::parse(share.text().expose()).unwrap()).collect();
        prop_assert_eq!(&typed, &shares);
        let last = &typed[usize::from(more)..];
        prop_assert_eq!(combine(last), Ok(Secret::new(secret)));
    }

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        prop_assert!(Share::parse(&text).is_err());
    }
}
