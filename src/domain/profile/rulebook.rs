//! All versions of all profiles that are in use, with their calendars.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::{Calendar, Profile, ProfileId, reading, source};
use crate::domain::mistake::{Fault, Mistake};

/// Profiles in every version that a case may run under, and the calendars.
#[derive(Debug, Clone)]
pub struct Rulebook {
    calendars: BTreeMap<String, Arc<Calendar>>,
    profiles: BTreeMap<(ProfileId, u32), Arc<Profile>>,
    calendar_texts: BTreeMap<String, String>,
    /// Of the newest version of each.
    profile_texts: BTreeMap<ProfileId, String>,
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

static EMBEDDED: LazyLock<Rulebook> = LazyLock::new(Rulebook::read_embedded);

impl Rulebook {
    /// What comes with the program.
    #[must_use]
    pub fn embedded() -> Self {
        EMBEDDED.clone()
    }

    #[expect(clippy::expect_used, reason = "the files are part of the program and a test reads each of them")]
    fn read_embedded() -> Self {
        let mut book = Self {
            calendars: BTreeMap::new(),
            profiles: BTreeMap::new(),
            calendar_texts: BTreeMap::new(),
            profile_texts: BTreeMap::new(),
        };
        book.keep_calendar(Calendar::weekdays());
        for text in CALENDARS {
            book.add_calendar(text).expect("embedded calendar");
        }
        for id in ProfileId::ALL {
            book.add_profile(embedded_text(*id)).expect("embedded profile");
        }
        book
    }

    /// Reads a calendar and puts it in force, in place of the one of its name. Days that were computed already stay as
    /// they are.
    ///
    /// # Errors
    /// Every mistake of the file, with its line.
    pub fn add_calendar(&mut self, text: &str) -> Result<Arc<Calendar>, Vec<Mistake>> {
        let calendar = self.keep_calendar(Calendar::read(text)?);
        self.calendar_texts.insert(calendar.name().to_owned(), text.to_owned());
        Ok(calendar)
    }

    fn keep_calendar(&mut self, calendar: Calendar) -> Arc<Calendar> {
        let calendar = Arc::new(calendar);
        for profile in self.profiles.values_mut() {
            if profile.calendar.name() == calendar.name() {
                Arc::make_mut(profile).calendar = Arc::clone(&calendar);
            }
        }
        self.calendars.insert(calendar.name().to_owned(), Arc::clone(&calendar));
        calendar
    }

    /// Reads a version of a profile and puts it in force for new cases, if it is the newest.
    ///
    /// # Errors
    /// Every mistake of the file, with its line.
    pub fn add_profile(&mut self, text: &str) -> Result<Arc<Profile>, Vec<Mistake>> {
        let profile = Arc::new(Profile::read(text, |name| self.calendars.get(name).cloned())?);
        self.profiles.insert((profile.id(), profile.version()), Arc::clone(&profile));
        if self.current(profile.id()).version() == profile.version() {
            self.profile_texts.insert(profile.id(), text.to_owned());
        }
        Ok(profile)
    }

    /// Reads a file as the next version of a profile.
    ///
    /// # Errors
    /// Every mistake of the file, with its line; another version than the one that follows is one.
    pub fn next_profile(&self, text: &str) -> Result<Profile, Vec<Mistake>> {
        source::read(text, |file| {
            let profile = reading::profile(file, |name| self.calendars.get(name).cloned())?;
            let next = self.current(profile.id()).version().saturating_add(1);
            if profile.version() != next {
                file.mistake_at("version", Fault::Version, &next.to_string());
            }
            Some(profile)
        })
    }

    /// Reads a file as the next version of a calendar, or the first of a new one.
    ///
    /// # Errors
    /// As for a profile; calendars without years are part of the program.
    pub fn next_calendar(&self, text: &str) -> Result<Calendar, Vec<Mistake>> {
        source::read(text, |file| {
            let calendar = Calendar::of(file)?;
            let before = self.calendars.get(calendar.name());
            let next = before.map_or(0, |before| before.version()).saturating_add(1);
            if before.is_some_and(|before| before.knows_any_year()) {
                file.mistake_at("name", Fault::CalendarFixed, calendar.name());
            } else if calendar.version() != next {
                file.mistake_at("version", Fault::Version, &next.to_string());
            }
            Some(calendar)
        })
    }

    /// The file of a calendar; none of one that is part of the program.
    #[must_use]
    pub fn calendar_text(&self, name: &str) -> Option<&str> {
        self.calendar_texts.get(name).map(String::as_str)
    }

    /// The names of the calendars that have files.
    #[must_use]
    pub fn calendar_names(&self) -> Vec<&str> {
        self.calendar_texts.keys().map(String::as_str).collect()
    }

    /// The files of the profiles in force, each with its name.
    pub fn profile_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.profile_texts.iter().map(|(id, text)| (id.code(), text.as_str()))
    }

    /// The files of the calendars, each with its name.
    pub fn calendar_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.calendar_texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The file of a profile for new cases.
    #[must_use]
    pub fn profile_text(&self, id: ProfileId) -> Option<&str> {
        self.profile_texts.get(&id).map(String::as_str)
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
