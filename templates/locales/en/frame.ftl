# Around every page; days and due days.
product-name = Senim
skip-to-content = Skip to the content
language-switch = Language
leave-site = Leave this site
main-menu = Main menu
footer-menu = More pages
nav-home = Start
nav-report = Report corruption
nav-inbox = My mailbox
nav-promises = What we promise
footer-words = You need no account, no e-mail and no phone number here.
area-cases = My cases
area-proposals = Proposals
area-audit = The record
area-staff = People
area-changes = Configuration
area-delayed = Configuration
sign-out = Sign out
signed-in-as = Signed in as { $login }
change = Change
language-fixed = The language cannot be changed here: what stands on this page would be lost.
required-mark = (required)
faults-title = Please check these answers
list-next = Next page
list-first = Back to the first page
request-number = Number of this request, if you ask for help: { $id }

date-full = { $weekday } { $day } { $month } { $year }
date-short = { $weekday } { $day } { $month }
weekday-monday = Mon
weekday-tuesday = Tue
weekday-wednesday = Wed
weekday-thursday = Thu
weekday-friday = Fri
weekday-saturday = Sat
weekday-sunday = Sun
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
due-today = due today ({ $date })
due-in-days = { $days ->
    [one] due in 1 day ({ $date })
   *[other] due in { $days } days ({ $date })
 }
due-overdue = { $days ->
    [one] 1 day overdue ({ $date })
   *[other] { $days } days overdue ({ $date })
 }
age-days = { $days ->
    [0] today
    [one] 1 day
   *[other] { $days } days
 }
area-oversight = Oversight
