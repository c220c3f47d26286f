# Аудиторлардың беттері.
audit-title = Журнал
audit-lead = Әр өзгеріс пен мазмұнды әр оқу бір жазба қалдырады. Жазбада нөмірлер мен кодтар ғана бар, мазмұн жоқ. Хабарлаушының әрекетінде күні ғана тұрады, уақыты жоқ.
audit-filter-act = Әрекет
audit-filter-case = Нысан (журналдағы нөмірі)
audit-filter-principle = ЭЫДҰ қағидаты
audit-filter-all = бәрі
audit-filter-button = Көрсету
audit-filter-clear = Бәрін көрсету
audit-total = { $count ->
    [0] Сәйкес жазба жоқ.
   *[other] { $count } жазба сәйкес келеді.
 }
audit-none = Жазба жоқ.
audit-position = №
audit-position-none = әзірге ағашта жоқ
audit-when = Қашан (UTC)
audit-acts = Әрекеттер
audit-actor = Кім
audit-case = Не туралы
audit-principles = Қағидаттар
audit-entry-title = Журнал жазбасы
audit-canonical = Жазбаның бекітілген түрі (канондық JSON)
audit-commitment = Жазбаның таңбасы (SHA-256)
audit-previous = Алдыңғы жазбаның таңбасы
audit-previous-none = Бұл нысан туралы бірінші жазба — осы.
audit-back = Журналға қайту
audit-table = Журнал жазбалары, алдымен жаңасы
