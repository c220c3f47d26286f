### What is written to members of staff. Mails leave the building: nothing in them may tell of a case or a name.

mail-subject-digest = Senim
mail-subject-account = Senim: your account
mail_text-daily_digest = There may be something for you. Sign in:
mail_text-recovery_asked = Somebody has asked to recover your account with your printed recovery code. If it was not you, tell an administrator at once: nothing changes before one approves it.
mail_text-invited_anew = You have been invited anew: your old keys count no longer. An administrator will hand you the invitation. If you did not expect this, ask one.
mail_text-address_changed = From now on mails to you go to another address, or to none. If it was not you who changed this, tell an administrator at once.
mail_text-account_disabled = Your access has ended: you can no longer sign in. If you did not expect this, ask an administrator.
mail-every-day = This mail comes every day, whether there is something or not. Do not reply to it.
mail-no-reply = Do not reply to this mail.
