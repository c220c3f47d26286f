drop function take_recovery_wraps;
drop trigger lead_reviews_not on case_grants;
drop trigger lead_reviews_not on cases;
drop function audit.lead_reviews_not;
drop trigger recusal_stays on case_grants;
drop function audit.recusal_stays;
