# Вокруг каждой страницы; дни и сроки.
product-name = Senim
skip-to-content = Перейти к содержанию
language-switch = Язык
leave-site = Уйти с сайта
main-menu = Главное меню
footer-menu = Другие страницы
nav-home = Начало
nav-report = Сообщить о коррупции
nav-inbox = Мой ящик
nav-promises = Что мы обещаем
footer-words = Здесь не нужны ни учётная запись, ни почта, ни телефон.
area-cases = Мои дела
area-proposals = Предложения
area-audit = Журнал
area-staff = Сотрудники
area-changes = Настройка
area-delayed = Настройка
sign-out = Выйти
signed-in-as = Вы вошли как { $login }
change = Сменить
language-fixed = На этой странице язык не сменить: пропало бы то, что на ней есть.
required-mark = (обязательно)
faults-title = Проверьте, пожалуйста, эти ответы
list-next = Следующая страница
list-first = К первой странице
request-number = Номер запроса, если вы обратитесь за помощью: { $id }

date-full = { $weekday }, { $day } { $month } { $year } г.
date-short = { $weekday }, { $day } { $month }
weekday-monday = пн
weekday-tuesday = вт
weekday-wednesday = ср
weekday-thursday = чт
weekday-friday = пт
weekday-saturday = сб
weekday-sunday = вс
month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря
due-today = срок сегодня ({ $date })
due-in-days = { $days ->
    [one] срок через { $days } день ({ $date })
    [few] срок через { $days } дня ({ $date })
   *[other] срок через { $days } дней ({ $date })
 }
due-overdue = { $days ->
    [one] просрочено на { $days } день ({ $date })
    [few] просрочено на { $days } дня ({ $date })
   *[other] просрочено на { $days } дней ({ $date })
 }
age-days = { $days ->
    [0] сегодня
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
 }
area-oversight = Надзор
