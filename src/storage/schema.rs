//! The tables as diesel sees them. Kept by hand; a test compares it with a migrated database.

diesel::table! {
    audit.anchors (size) {
        size -> Int8,
        n -> Nullable<Int4>,
    }
}

diesel::table! {
    audit.checkpoints (size) {
        size -> Int8,
        epoch -> Int8,
        made_at -> Timestamptz,
        note -> Text,
        public -> Bool,
    }
}

diesel::table! {
    audit.cosignatures (size, witness) {
        size -> Int8,
        witness -> Text,
        line -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    audit.entries (eid) {
        eid -> Uuid,
        obj_kind -> Text,
        obj_id -> Uuid,
        n -> Int4,
        prev -> Nullable<Bytea>,
        body -> Bytea,
        commitment -> Bytea,
        acts -> Array<Text>,
        day -> Date,
        moment -> Timestamptz,
        status_from -> Nullable<Text>,
        status_to -> Nullable<Text>,
        cause -> Nullable<Text>,
        actor -> Nullable<Text>,
        role -> Nullable<Text>,
        profile -> Nullable<Text>,
    }
}

diesel::table! {
    audit.epochs (epoch) {
        epoch -> Int8,
        size -> Int8,
    }
}

diesel::table! {
    audit.leaves (idx) {
        idx -> Int8,
        eid -> Uuid,
        commitment -> Bytea,
    }
}

diesel::table! {
    audit.pending (eid) {
        eid -> Uuid,
        due -> Timestamptz,
    }
}

diesel::table! {
    audit.tiles (level, idx) {
        level -> Int4,
        idx -> Int8,
        data -> Bytea,
    }
}

diesel::table! {
    audit.tree_state (id) {
        id -> Bool,
        size -> Int8,
        root -> Bytea,
        epoch -> Int8,
        day -> Int8,
        day_level -> Int4,
        audit_id -> Uuid,
        audit_n -> Int4,
        audit_head -> Bytea,
    }
}

diesel::table! {
    bodies (id) {
        id -> Uuid,
        parent_id -> Nullable<Uuid>,
        region -> Nullable<Text>,
        name_kk -> Text,
        name_ru -> Text,
        name_en -> Text,
        code -> Text,
        closed -> Bool,
        search -> Text,
    }
}

diesel::table! {
    case_epochs (case_id, epoch) {
        case_id -> Uuid,
        epoch -> Int4,
        public_key -> Bytea,
        mac -> Bytea,
    }
}

diesel::table! {
    case_grants (case_id, staff_id) {
        case_id -> Uuid,
        staff_id -> Uuid,
        capacity -> Text,
        granted_on -> Date,
        granted_by -> Nullable<Uuid>,
        attested_on -> Nullable<Date>,
        recused_on -> Nullable<Date>,
        revoked_on -> Nullable<Date>,
    }
}

diesel::table! {
    case_items (id) {
        id -> Uuid,
        case_id -> Uuid,
        n -> Int4,
        epoch -> Int4,
        kind -> Text,
        author_id -> Nullable<Uuid>,
        template -> Nullable<Text>,
        sealed -> Nullable<Bytea>,
        written_on -> Date,
        proposal_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    case_remedies (id) {
        id -> Uuid,
        case_id -> Uuid,
        kind -> Text,
        state -> Text,
        body_id -> Nullable<Uuid>,
        due_on -> Date,
        recorded_by -> Uuid,
        recorded_on -> Date,
        responded_on -> Nullable<Date>,
        done_by -> Nullable<Uuid>,
        done_on -> Nullable<Date>,
        verified_by -> Nullable<Uuid>,
        ended_on -> Nullable<Date>,
        overdue_on -> Nullable<Date>,
    }
}

diesel::table! {
    case_wraps (case_id, epoch, holder_id) {
        case_id -> Uuid,
        epoch -> Int4,
        holder_kind -> Text,
        holder_id -> Uuid,
        sealed -> Bytea,
    }
}

diesel::table! {
    cases (id) {
        id -> Uuid,
        audit_id -> Uuid,
        reference -> Text,
        desk_id -> Uuid,
        body_id -> Nullable<Uuid>,
        category -> Text,
        region -> Nullable<Text>,
        language -> Text,
        channel -> Text,
        mode -> Text,
        profile -> Text,
        notice_version -> Text,
        status -> Text,
        status_since -> Date,
        origin_status -> Nullable<Text>,
        received_on -> Date,
        acknowledged_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        lead_id -> Nullable<Uuid>,
        detriment -> Nullable<Text>,
        outcome -> Nullable<Text>,
        reason_code -> Nullable<Text>,
        master_id -> Nullable<Uuid>,
        epoch -> Int4,
        receipt_id -> Bytea,
        reporter_key -> Bytea,
        step -> Text,
        step_n -> Int4,
        proposal_id -> Nullable<Uuid>,
        audit_n -> Int4,
        audit_head -> Bytea,
        question_until -> Nullable<Date>,
        profile_version -> Nullable<Int4>,
        registered_on -> Nullable<Date>,
        clocks -> Nullable<Text>,
        watch_on -> Nullable<Date>,
        unanswered_since -> Nullable<Date>,
        excluded -> Nullable<Bytea>,
        assessment -> Nullable<Text>,
        severity -> Nullable<Text>,
        severity_formula -> Nullable<Int4>,
        subject_heard -> Nullable<Text>,
        hearing_notified_on -> Nullable<Date>,
        review -> Nullable<Text>,
    }
}

diesel::table! {
    config_changes (id) {
        id -> Uuid,
        kind -> Text,
        payload -> Text,
        digest -> Bytea,
        base -> Int4,
        loosening -> Bool,
        state -> Text,
        proposer_id -> Nullable<Uuid>,
        proposed_at -> Timestamptz,
        proposed_n -> Int4,
        approver_id -> Nullable<Uuid>,
        co_approver_id -> Nullable<Uuid>,
        approved_at -> Nullable<Timestamptz>,
        effective_at -> Nullable<Timestamptz>,
        refuser_id -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        reasons -> Nullable<Text>,
        why -> Nullable<Text>,
        mac -> Bytea,
    }
}

diesel::table! {
    content_reads (session_id, case_id) {
        session_id -> Uuid,
        case_id -> Uuid,
        staff_id -> Uuid,
    }
}

diesel::table! {
    desks (id) {
        id -> Uuid,
        audit_id -> Uuid,
        body_id -> Uuid,
        name_kk -> Text,
        name_ru -> Text,
        name_en -> Text,
        profile -> Text,
        independent -> Bool,
        recovery_key -> Bytea,
        recovery_threshold -> Int4,
        recovery_shares -> Int4,
        audit_n -> Int4,
        audit_head -> Bytea,
        mac -> Bytea,
        code -> Text,
    }
}

diesel::table! {
    directory_entries (staff_id, serial) {
        staff_id -> Uuid,
        serial -> Int4,
        body -> Bytea,
        first_signer -> Uuid,
        first_signature -> Bytea,
        second_signer -> Nullable<Uuid>,
        second_signature -> Nullable<Bytea>,
        version -> Nullable<Int8>,
    }
}

diesel::table! {
    instance (id) {
        id -> Bool,
        audit_id -> Uuid,
        version -> Int8,
        founded_on -> Date,
        audit_n -> Int4,
        audit_head -> Bytea,
        directory_head -> Nullable<Bytea>,
        directory_mac -> Nullable<Bytea>,
        bodies_digest -> Nullable<Bytea>,
        bodies_mac -> Nullable<Bytea>,
    }
}

diesel::table! {
    oversight_matters (id) {
        id -> Uuid,
        case_id -> Uuid,
        kind -> Text,
        clock -> Nullable<Text>,
        arisen_on -> Date,
        taken_up_on -> Nullable<Date>,
        taken_up_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    mail_digests (id) {
        id -> Bool,
        day -> Date,
    }
}

diesel::table! {
    proposals (id) {
        id -> Uuid,
        case_id -> Uuid,
        step -> Text,
        from_status -> Text,
        to_status -> Text,
        epoch -> Int4,
        facts -> Text,
        proposer_id -> Uuid,
        proposed_at -> Timestamptz,
        proposed_n -> Int4,
        state -> Text,
        resolver_id -> Nullable<Uuid>,
        resolved_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    referrals (id) {
        id -> Uuid,
        case_id -> Uuid,
        n -> Int4,
        outside -> Nullable<Text>,
        body_id -> Nullable<Uuid>,
        whole -> Bool,
        state -> Text,
        sent_on -> Date,
        due_on -> Nullable<Date>,
        moved_on -> Date,
        overdue -> Bool,
        item_id -> Uuid,
        digest -> Bytea,
        proposer_id -> Uuid,
        approver_id -> Uuid,
        approver_key -> Bytea,
        signature -> Bytea,
    }
}

diesel::table! {
    routing_rules (position) {
        position -> Int4,
        body_id -> Nullable<Uuid>,
        category -> Nullable<Text>,
        region -> Nullable<Text>,
        desk_id -> Uuid,
        mac -> Bytea,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        staff_id -> Uuid,
        sealed -> Bytea,
        seen_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    staff (id) {
        id -> Uuid,
        audit_id -> Uuid,
        alias -> Bytea,
        login -> Text,
        state -> Text,
        invited_roles -> Text,
        invitation_hash -> Nullable<Bytea>,
        invitation_expires -> Nullable<Timestamptz>,
        salt -> Nullable<Bytea>,
        verifier -> Nullable<Bytea>,
        public_keys -> Nullable<Bytea>,
        sealed_secrets -> Nullable<Bytea>,
        sealed_totp -> Nullable<Bytea>,
        audit_n -> Int4,
        audit_head -> Bytea,
        recovery_hash -> Nullable<Bytea>,
        sealed_recovery -> Nullable<Bytea>,
        identity_salt -> Nullable<Bytea>,
        mail -> Nullable<Text>,
        name -> Nullable<Text>,
        unit_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    staff_recoveries (staff_id) {
        staff_id -> Uuid,
        asked_at -> Timestamptz,
        keys -> Bytea,
        signature -> Bytea,
    }
}

diesel::table! {
    staff_factors (staff_id, factor) {
        staff_id -> Uuid,
        last_step -> Int8,
        factor -> Bytea,
    }
}

diesel::table! {
    tasks (id) {
        id -> Uuid,
        kind -> Text,
        payload -> Text,
        run_at -> Timestamptz,
        attempts -> Int4,
        locked_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        dead -> Bool,
        answer -> Nullable<Int4>,
        failed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    throttles (bucket) {
        bucket -> Bytea,
        failures -> Int4,
        since -> Timestamptz,
    }
}

diesel::table! {
    workflow_transitions (from_status, step, to_status) {
        from_status -> Text,
        step -> Text,
        to_status -> Text,
        four_eyes -> Bool,
    }
}

diesel::joinable!(case_grants -> cases (case_id));
diesel::joinable!(cases -> desks (desk_id));
diesel::joinable!(oversight_matters -> cases (case_id));
diesel::joinable!(proposals -> cases (case_id));
diesel::joinable!(referrals -> cases (case_id));
diesel::allow_tables_to_appear_in_same_query!(
    bodies,
    case_grants,
    case_items,
    case_wraps,
    cases,
    desks,
    directory_entries,
    oversight_matters,
    proposals,
    referrals,
    routing_rules,
    staff
);
diesel::allow_tables_to_appear_in_same_query!(anchors, checkpoints, cosignatures);
diesel::allow_tables_to_appear_in_same_query!(content_reads, sessions);
