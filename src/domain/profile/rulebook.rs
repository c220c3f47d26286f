//! All versions of all profiles that are in use, with their calendars.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Calendar, Mistake, Profile, ProfileId};

/// Profiles in every version that a case may run under, and the calendars.
#[derive(Debug, Clone)]
pub struct Rulebook {
    calendars: BTreeMap<String, Arc<Calendar>>,
    profiles: BTreeMap<(ProfileId, u32), Arc<Profile>>,
}

const CALENDARS: &[&str] = &[include_str!("calendar_kz.toml")];

const fn embedded_text(id: ProfileId) -> &'static str {
    match id {
        ProfileId::Kz => include_str!("kz.toml"),
        ProfileId::EuInternal => include_str!("eu_internal.toml"),
        ProfileId::EuExternal => include_str!("eu_external.toml"),
        ProfileId::IsoDefault => include_str!("iso_default.toml"),
        ProfileId::Ua => include_str!("ua.toml"),
    }
}

impl Rulebook {
    /// What comes with the program.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the files are part of the program and a test reads each of them")]
    pub fn embedded() -> Self {
        let mut book = Self { calendars: BTreeMap::new(), profiles: BTreeMap::new() };
        book.add_calendar(Calendar::weekdays());
        for text in CALENDARS {
            book.add_calendar(Calendar::read(text).expect("embedded calendar"));
        }
        for id in ProfileId::ALL {
            book.add_profile(embedded_text(*id)).expect("embedded profile");
        }
        book
    }

    /// Puts a calendar in force, in place of the one of its name. Days that were computed already stay as they are.
    pub fn add_calendar(&mut self, calendar: Calendar) {
        let calendar = Arc::new(calendar);
        for profile in self.profiles.values_mut() {
            if profile.calendar.name() == calendar.name() {
                Arc::make_mut(profile).calendar = Arc::clone(&calendar);
            }
        }
        self.calendars.insert(calendar.name().to_owned(), calendar);
    }

    /// Reads a version of a profile and puts it in force for new cases, if it is the newest.
    ///
    /// # Errors
    /// Every mistake of the file, with its line.
    pub fn add_profile(&mut self, text: &str) -> Result<Arc<Profile>, Vec<Mistake>> {
        let profile = Arc::new(Profile::read(text, |name| self.calendars.get(name).cloned())?);
        self.profiles.insert((profile.id(), profile.version()), Arc::clone(&profile));
        Ok(profile)
    }

    /// A calendar by its name.
    #[must_use]
    pub fn calendar(&self, name: &str) -> Option<&Arc<Calendar>> {
        self.calendars.get(name)
    }

    /// The version of a profile under which new cases begin: the newest.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "every id has a file in the program, and no version is ever taken out"
    )]
    pub fn current(&self, id: ProfileId) -> &Arc<Profile> {
        let newest = self.profiles.range((id, 0)..=(id, u32::MAX)).next_back();
        newest.map(|(_, profile)| profile).expect("a profile for every id")
    }

    /// A profile in the version that a case began under (control PROF-1).
    #[must_use]
    pub fn version(&self, id: ProfileId, version: u32) -> Option<&Arc<Profile>> {
        self.profiles.get(&(id, version))
    }
}
