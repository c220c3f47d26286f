comment on column case_epochs.mac is 'Over case, epoch, public key and the reporter''s key of the case';
alter table staff drop column identity_salt;
