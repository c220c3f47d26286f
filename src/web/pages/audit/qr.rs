use std::fmt::Write as _;

use qrcodegen::{QrCode as Symbol, QrCodeEcc};

/// A QR code (ISO/IEC 18004) as the path of an SVG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Width and height in modules, with the quiet zone of four around.
    pub size: i32,
    /// The dark modules.
    pub path: String,
}

impl QrCode {
    const QUIET: i32 = 4;

    /// The code of a text, which a quarter of its surface may be lost of; none where the text is too long.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let symbol = Symbol::encode_text(text, QrCodeEcc::Quartile).ok()?;
        let mut path = String::new();
        for y in 0..symbol.size() {
            for x in (0..symbol.size()).filter(|x| symbol.get_module(*x, y)) {
                let (x, y) = (x.saturating_add(Self::QUIET), y.saturating_add(Self::QUIET));
                // Writing to a string does not fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        Some(Self { size: symbol.size().saturating_add(2 * Self::QUIET), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_quiet_zone_and_its_three_corners() {
        let code =
            QrCode::of("senim.example/log\n64\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").unwrap();
        let far = code.size - 4 - 7;
        for (x, y) in [(4, 4), (far, 4), (4, far)] {
            assert!(code.path.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
        }
        assert!(!code.path.contains("M3 ") && !code.path.contains("M4 3h"));
        assert_eq!(QrCode::of(&"x".repeat(5000)), None);
    }
}
