# Страницы тех, кто ведёт дела.
sign-in-title = Вход
sign-in-login = Логин
sign-in-password = Пароль
sign-in-totp = Одноразовый код
sign-in-totp-hint = Шесть цифр из приложения-аутентификатора.
sign-in-button = Войти
sign-in-join = У меня есть приглашение
sign-in-recover = Я потерял(а) пароль или телефон
sign-in-recover-no-code = Если нет и кода восстановления, попросите администратора пригласить вас заново.
notice-failed = Войти не удалось. Проверьте логин, пароль и код; каждый код действует один раз.
notice-busy = Сейчас входит слишком много людей. Попробуйте через несколько секунд.
notice-ended = Сеанс закончился. Войдите снова.
notice-expired = Страница была открыта слишком долго. Ничего не пропало: отправьте ещё раз.
notice-signed_out = Вы вышли.
notice-joined = Ваши ключи созданы. Теперь войдите.

credentials-step = Шаг { $step } из 2
credentials-next = Дальше
credentials-login = Ваш логин: { $login }.
credentials-password-title = 1. Ваш пароль
credentials-totp-title = 2. Одноразовые коды
credentials-password-lead = Придумайте пароль, которого не знает никто другой. Он открывает порученные вам дела. Администратор не может ни увидеть его, ни сбросить.
credentials-password = Новый пароль
credentials-password-hint = Не короче 12 знаков. Хорошо подходит фраза из четырёх-пяти слов.
credentials-password-again = Новый пароль ещё раз
credentials-totp-lead = Добавьте этот ключ сейчас в приложение-аутентификатор. Больше его не покажут.
credentials-totp-seed = Ключ для ввода вручную
credentials-totp-uri = То же в виде адреса, если приложение его принимает
credentials-totp-confirm = Код, который сейчас показывает приложение
credentials-recovery-title = Ваш код восстановления
credentials-recovery-once = Показан только сейчас. Распечатайте страницу или перепишите код от руки.
credentials-recovery-lead = Если вы потеряете пароль или телефон, вернуться помогут этот код и коллега. Храните его дома или в сейфе, но не рядом с компьютером: тот, у кого он есть, может просить от вашего имени.
join-title = Регистрация
join-lead = Здесь вы сами создаёте пароль и ключи. Их не узнает никто другой.
join-code = Приглашение
join-code-hint = Код, который дал вам администратор.
join-finish = Создать мои ключи
join-number = Отпечаток ваших ключей
join-done-title = Ваши ключи созданы
join-done = Теперь ваши открытые ключи должны подписать два администратора. Прочитайте им отпечаток, когда они спросят. Войти можно будет сразу после подписи.
recover-title = Вернуть доступ
recover-lead = Вы потеряли пароль или телефон, но у вас есть распечатанный код восстановления. Здесь вы выбираете и то и другое заново; ключи и дела остаются вашими.
recover-code = Код восстановления
recover-code-hint = 25 букв и цифр. Регистр, пробелы и дефисы не важны.
recover-finish = Попросить о восстановлении
recover-number = Номер этого восстановления
recover-done-title = Нужно согласие коллеги
recover-done = Поговорите с администратором лично или по телефону, чтобы он узнал вас, и прочитайте ему этот номер. Когда он согласится, войдите с новым паролем. До этого ничего не изменилось.
waiting-title = Коллеги с новыми ключами
waiting-lead = Верните им общие дела только после разговора, когда убедитесь, что новые ключи действительно их.
waiting-line = { $login } ждёт ваших общих дел: { NUMBER($count) }.
waiting-button = Вернуть дела: { $login }
keys-awaited = У вас новые ключи, а дело запечатано для прежних. Вернуть его вам может коллега, который ведёт это дело: попросите одного из них.

# Где человек оказывается после входа, и что только что сделано.
start-title = Начало
start-roles-title = Ваши роли
start-roles-none = Сейчас у вас нет роли.
start-every-desk = для всех подразделений
start-areas-title = Что вам открыто
start-areas-none = Для вашей роли страниц пока нет, и здесь вас ничто не ждёт. Делать ничего не нужно.
done-step = Готово. Ниже дело уже в новом состоянии.
done-proposed = Предложение внесено. Оно вступит в силу, когда его одобрит другой человек.
done-message = Ваше письмо в ящике заявителя.
done-note = Заметка сохранена.
done-attested = Ваша подпись сохранена в журнале. Теперь с делом можно работать.
done-recused = Вы отказались от дела. Его больше нет в вашем списке.
done-approved = Одобрено. Шаг вступил в силу.
done-refused = Отклонено. Дело осталось как было; предложивший прочтёт ваши причины.
done-restored = Дела возвращены.
done-signed = Ваша подпись сохранена.
done-disabled = Доступ закрыт, сразу и везде.
done-recovery_approved = Восстановление одобрено. Теперь этот человек войдёт с новым паролем.
done-recovery_refused = Восстановление отклонено. Ничего не изменилось.

cases-title = Мои дела
cases-pending-title = Ждут вашего решения
cases-filter = Состояние
cases-filter-open = все открытые
cases-filter-all = все, и законченные
cases-filter-button = Показать
cases-none = Дел здесь нет. Новые появятся, как только вам их поручат.
cases-none-so = В этом состоянии у вас дел нет.
cases-reference = Номер
cases-category = Предмет
cases-body = Организация
cases-state = Состояние
cases-age = Возраст
cases-due = Ближайший срок
cases-attest-first = сначала подпись
cases-no-due = без срока
not-told = не указано

case-title = Дело { $reference }
case-category = Предмет
case-body = Организация
case-region = Регион
case-language = Язык заявителя
case-received = Поступило
case-due = Ближайший срок
case-capacity = Ваша роль в деле
case-state = Состояние

gate-lead = Прежде чем увидеть содержание, скажите, причастны ли вы к этому делу.
gate-attest-title = Я не причастен (не причастна)
gate-attest-words = Насколько мне известно, обо мне в этом деле речи нет, в этом подразделении я не работаю, и никто из моих близких не замешан. Если узнаю иное, сразу откажусь от дела.
gate-no-conflict = Прочитано, подписываю
gate-attest-button = Подписать и открыть дело
gate-attest-note = Подпись сохраняется в журнале.
gate-recuse-title = Я причастен (причастна) или это возможно
gate-recuse-lead = Откажитесь. Содержания вы не увидите, и дело уйдёт из вашего списка. Объяснять причину не нужно.
gate-recuse-button = Отказаться от этого дела

case-content-title = Сообщение
case-steps-title = Следующие шаги
case-steps-none = Сейчас у вас нет возможных шагов.
case-steps-closed-title = Почему другие шаги невозможны
case-pending-title = Ждёт второго человека
case-pending-line = { $step }: предложение внёс { $login }, { $when }
case-four-eyes = нужен второй человек
case-four-eyes-note = Это станет предложением. Решит другой человек, не имеющий конфликта интересов.
case-step-propose = Предложить: { $step }
case-messages-title = Переписка с заявителем
case-messages-none = Писем пока нет.
case-message = Письмо заявителю
case-message-hint = Простыми словами. Человек прочтёт это в ящике, возможно, со страхом. Не называйте коллег.
case-message-button = Отправить заявителю
case-mailbox-closed = Написать заявителю нельзя: ящик закрыт или его нет.
case-reviewer-silent = Рецензенты не пишут заявителю: они говорят решениями.
case-notes-title = Заметки
case-notes-none = Заметок пока нет.
case-note = Новая заметка
case-note-hint = Читают только те, у кого есть ключ дела. Заявитель её не увидит.
case-note-button = Сохранить заметку
case-timeline-title = Что происходило
case-readers-title = Кто может это читать
case-readers-note = Открыть его могут также код заявителя и листы восстановления подразделения.
case-readers-changed = { $count ->
    [one] Замок меняли { NUMBER($count) } раз: кто-то потерял доступ и не откроет того, что написано после.
    [few] Замок меняли { NUMBER($count) } раза: кто-то потерял доступ и не откроет того, что написано после.
   *[other] Замок меняли { NUMBER($count) } раз: кто-то потерял доступ и не откроет того, что написано после.
 }
case-reader-since = с { $date }
case-reader-unattested = ещё нет подписи, содержания не видит
case-alarm-too-few = { $holders ->
    [0] Ключа этого дела больше нет ни у кого. Открыть его можно только листами восстановления. Сообщите руководителю сегодня же.
    [one] Ключ этого дела есть только у одного человека. Если он уйдёт, открыть дело можно будет только листами восстановления. Поручите его второму.
   *[other] Держателей ключа этого дела всего { $holders }.
 }
case-recuse-title = Отказаться от этого дела
choice-none = Выберите

why-state = не в этом состоянии
why-role = не ваша роль в этом деле
why-pending = предложение ждёт решения
why-reporter_only = только заявитель
why-timer_only = произойдёт само, когда придёт срок
why-own = Это ваше предложение. Решить должен другой человек.
why-stale_moved = После этого предложения дело пошло дальше, одобрить его уже нельзя. Если шаг ещё нужен, предложите его заново.
why-stale_keys = После этого предложения кто-то потерял доступ к делу, и замок дела сменили. Одобрить его уже нельзя. Если шаг ещё нужен, предложите его заново.
why-attest = Сначала откройте дело и подпишите, что вы к нему не причастны.
why-competence = Это не в ведении вашего подразделения.

proposals-title = Предложения
proposals-waiting-title = Ждут вашего решения
proposals-others-title = Ждут других
proposals-decided-title = Решены недавно
proposals-none = Ничто не ждёт вашего решения.
proposal-title = { $step }: { $reference }
proposal-by = Кто предложил
proposal-at = Когда
proposal-change = Смена состояния
proposal-state = Состояние предложения
proposal-facts-title = Что пишет предложивший
proposal-message-title = Что прочтёт заявитель
proposal-message-sent-title = Что сообщили заявителю
proposal-no-facts = К нему ничего не сказано.
proposal-no-message = Заявителю ничего не отправляется.
proposal-decided-title = Решение
proposal-approved-by = Одобрено: { $login }, { $when }.
proposal-refused-by = Отклонено: { $login }, { $when }. Причины:
proposal-open-case = Открыть дело
proposal-decide-title = Ваше решение
proposal-approve-lead = Если вы одобрите, всё сразу вступит в силу с вашей подписью.
proposal-approve-button = Одобрить
proposal-refuse-lead = Если вы отклоните, дело останется как есть, а предложивший прочтёт ваши причины.
proposal-refuse-button = Отклонить
proposal-reasons = Причины
proposal_state-pending = ждёт
proposal_state-approved = одобрено
proposal_state-refused = отклонено
proposal_state-stale = устарело

staff-error-legal = Сейчас возможно:
staff-error-back = Вернуться
