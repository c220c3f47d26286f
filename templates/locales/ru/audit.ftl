# Страницы аудиторов.
audit-title = Журнал
audit-lead = Каждое изменение и каждое чтение содержания оставляет одну запись. В записях только номера и коды, содержания в них нет. У действий заявителя указан день, но не время.
audit-filter-act = Действие
audit-filter-case = Объект (номер в журнале)
audit-filter-principle = Принцип ОЭСР
audit-filter-all = все
audit-filter-button = Показать
audit-filter-clear = Показать всё
audit-total = { $count ->
    [0] Подходящих записей нет.
    [one] Подходит { $count } запись.
    [few] Подходят { $count } записи.
   *[other] Подходит { $count } записей.
 }
audit-none = Записей нет.
audit-position = №
audit-position-none = ещё не в дереве
audit-when = Когда (UTC)
audit-acts = Действия
audit-actor = Кто
audit-case = О чём
audit-principles = Принципы
audit-entry-title = Запись журнала
audit-canonical = Запись в том виде, в каком она закреплена (канонический JSON)
audit-commitment = Отпечаток записи (SHA-256)
audit-previous = Отпечаток предыдущей записи
audit-previous-none = Это первая запись об этом объекте.
audit-back = К журналу
audit-table = Записи журнала, сначала новые
