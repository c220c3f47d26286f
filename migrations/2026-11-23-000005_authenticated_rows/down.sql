alter table case_epochs drop column mac;
alter table routing_rules drop column mac;
alter table desks drop column mac;
