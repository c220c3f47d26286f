delete from workflow_transitions where step = 'refer_part';
drop table referrals;
