alter table cases drop column question_until;
