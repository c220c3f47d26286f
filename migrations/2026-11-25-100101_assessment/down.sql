alter table cases drop column assessment, drop column severity, drop column severity_formula;
