use super::*;

const LIMITS: Limits = Limits {
    narrative_chars: 100_000,
    message_chars: 20_000,
    body_bytes: 2 << 20,
    in_flight_bytes: 32 << 20,
};

#[test]
fn every_endpoint_takes_of_its_own_part() {
    let of = |path| Allowance::of(path, &LIMITS);
    for path in ["/{lang:kk|ru|en}/report", "/api/v1/reports", "/api/v1/inbox/retaliation"] {
        assert_eq!(of(path), Allowance { share: Share::Public, bytes: LIMITS.body_bytes }, "{path}");
    }
    for path in ["/{lang:kk|ru|en}/inbox/messages", "/api/v1/inbox/messages", "/api/v1/inbox/review"] {
        assert_eq!(of(path), Allowance { share: Share::Public, bytes: 240_000 + SMALL }, "{path}");
    }
    for path in ["/{lang:kk|ru|en}/inbox", "/api/v1/inbox/sessions", ""] {
        assert_eq!(of(path), Allowance { share: Share::Public, bytes: SMALL }, "{path}");
    }
    for path in ["/staff/sign-in", "/staff/join", "/staff/recover", "/api/v1/staff/sessions"] {
        assert_eq!(of(path), Allowance { share: Share::Doors, bytes: SMALL }, "{path}");
    }
    for path in ["/staff/cases/{id}/steps", "/admin/staff", "/api/v1/cases/{id}/steps"] {
        assert_eq!(of(path), Allowance { share: Share::Staff, bytes: LIMITS.body_bytes }, "{path}");
    }
}

#[test]
fn the_parts_are_the_whole() {
    let budget = Budget::new(LIMITS.in_flight_bytes);
    let blocks =
        [Share::Public, Share::Doors, Share::Staff].map(|share| budget.of(share).available_permits());
    assert_eq!(blocks.map(|blocks| blocks * BLOCK), [20 << 20, 4 << 20, 8 << 20]);
}

#[test]
fn the_longest_report_has_the_time_of_a_slow_line() {
    let most = Duration::from_secs(300);
    assert_eq!(patience(0, most), GRACE);
    assert_eq!(patience(100 * 1024, most), GRACE + Duration::from_secs(100));
    assert_eq!(patience(600_000, most), most);
    assert_eq!(patience(0, Duration::from_secs(1)), Duration::from_secs(1));
}

#[test]
fn blocks_join_to_what_was_sent_and_hold_what_they_take() {
    let share = Arc::new(Semaphore::new(3));
    let sent: Vec<u8> = (0..=u8::MAX).cycle().take(2 * BLOCK + 5).collect();
    let mut blocks = Blocks::default();
    for chunk in sent.chunks(1000) {
        blocks.add(chunk, &share).unwrap();
    }
    let joined = blocks.joined();
    assert!(*joined.bytes == sent);
    assert_eq!(share.available_permits(), 0);
    assert_eq!(Blocks::default().add(b"more", &share).unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
    drop(joined);
    assert_eq!(share.available_permits(), 3);
}
