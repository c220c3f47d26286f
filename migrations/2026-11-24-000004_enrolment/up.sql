-- An alias is bound to its person by a salted commitment in the log; a case is bound to its desk and profile by the
-- proof of its epochs.

-- Rows from before get a salt too, each its own: 244 random bits. What the log said about them before committed to
-- nobody; they are bound when they are signed into the directory again.
alter table staff add column identity_salt bytea check (octet_length(identity_salt) = 32)
  default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
alter table staff alter column identity_salt drop default;
comment on column staff.identity_salt is 'Shows to whom actor.enrolled bound the alias; erased, the binding can no longer be opened';

-- Epochs that were proven before do not say desk and profile, so their proofs hold no longer: nothing is sealed to such
-- a case, and `senim check` counts it. There are only those of development; make them anew.
comment on column case_epochs.mac is
  'Over case, epoch, the case''s desk and profile, public key and the reporter''s key of the case';
