//! Wording (词检): what must not be said, or only with evidence.
