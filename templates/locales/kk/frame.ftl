# Әр беттің айналасы; күндер мен мерзімдер.
product-name = Senim
skip-to-content = Мазмұнға өту
language-switch = Тіл
leave-site = Сайттан кету
main-menu = Басты мәзір
footer-menu = Басқа беттер
nav-home = Басы
nav-report = Сыбайлас жемқорлық туралы хабарлау
nav-inbox = Менің жәшігім
nav-promises = Біз не уәде етеміз
footer-words = Мұнда тіркелудің де, поштаның да, телефонның да қажеті жоқ.
area-cases = Менің істерім
area-proposals = Ұсыныстар
area-audit = Журнал
area-staff = Қызметкерлер
area-changes = Баптау
area-delayed = Баптау
sign-out = Шығу
signed-in-as = Сіз { $login } болып кірдіңіз
change = Ауыстыру
language-fixed = Бұл бетте тіл ауыспайды: мұнда тұрғаны жоғалып кетер еді.
required-mark = (міндетті)
faults-title = Мына жауаптарды тексеріп шығыңыз
list-next = Келесі бет
list-first = Бірінші бетке
request-number = Көмек сұрасаңыз, сұраудың нөмірі: { $id }

date-full = { $year } ж. { $day } { $month }, { $weekday }
date-short = { $day } { $month }, { $weekday }
weekday-monday = дс
weekday-tuesday = сс
weekday-wednesday = ср
weekday-thursday = бс
weekday-friday = жм
weekday-saturday = сб
weekday-sunday = жс
month-1 = қаңтар
month-2 = ақпан
month-3 = наурыз
month-4 = сәуір
month-5 = мамыр
month-6 = маусым
month-7 = шілде
month-8 = тамыз
month-9 = қыркүйек
month-10 = қазан
month-11 = қараша
month-12 = желтоқсан
due-today = мерзімі бүгін ({ $date })
due-in-days = мерзімі { NUMBER($days) } күннен кейін ({ $date })
due-overdue = мерзімі { NUMBER($days) } күн өтіп кетті ({ $date })
age-days = { $days ->
    [0] бүгін
   *[other] { $days } күн
 }
area-oversight = Қадағалау
