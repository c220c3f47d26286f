//! Symbols that people read out, write down and type again: Crockford's base 32 with a check symbol that is one of them.
//!
//! The check symbol makes a code over GF(32) with the primitive polynomial x⁵ + x² + 1: the sum of the symbols, each
//! times another power of the primitive element x, is zero. So every single wrong symbol is caught, and every swap of
//! two symbols, up to 31 symbols in all.

use zeroize::{Zeroize as _, Zeroizing};

use super::secret::Secret;

/// Random bytes of what is printed for a person: 24 symbols, followed by their check symbol.
pub(super) const PRINTED_BYTES: usize = 15;
const PRINTED_SYMBOLS: usize = 25;
const PRINTED_GROUP: usize = 5;

const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
    'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// Eight symbols (0..32) for every five bytes. `bytes` is a multiple of five long.
pub(super) fn symbols(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let (chunks, _) = bytes.as_chunks::<5>();
    let mut out = Zeroizing::new(Vec::with_capacity(chunks.len() * 8));
    for [a, b, c, d, e] in chunks {
        let group = u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]);
        for shift in (0..8).rev() {
            let [symbol, ..] = ((group >> (5 * shift)) & 31).to_le_bytes();
            out.push(symbol);
        }
    }
    out
}

/// The bytes of [`symbols`]. `symbols` is a multiple of eight long.
pub(super) fn bytes(symbols: &[u8]) -> Zeroizing<Vec<u8>> {
    let (chunks, _) = symbols.as_chunks::<8>();
    let mut out = Zeroizing::new(Vec::with_capacity(chunks.len() * 5));
    for chunk in chunks {
        let mut group =
            chunk.iter().fold(0_u64, |group, symbol| (group << 5) | u64::from(*symbol)).to_be_bytes();
        let [_, _, _, five @ ..] = &group;
        out.extend_from_slice(five);
        group.zeroize();
    }
    out
}

/// The check symbol of up to 30 symbols. Of a list that ends with its check symbol, see [`passes`].
pub(super) fn check_symbol(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_x(sum ^ symbol))
}

/// Whether the last symbol is the check symbol of those before.
pub(super) fn passes(symbols: &[u8]) -> bool {
    symbols.split_last().is_some_and(|(check, rest)| check_symbol(rest) == *check)
}

/// One symbol as a character.
pub(super) fn character(symbol: u8) -> char {
    ALPHABET.get(usize::from(symbol)).copied().unwrap_or('?')
}

/// Symbols as characters, in groups of `group` with dashes between.
pub(super) fn grouped(symbols: &[u8], group: usize) -> String {
    let mut out = String::with_capacity(symbols.len() * 2);
    for (index, symbol) in symbols.iter().enumerate() {
        if index > 0 && index.is_multiple_of(group) {
            out.push('-');
        }
        out.push(character(*symbol));
    }
    out
}

/// What somebody typed as exactly `count` symbols: case, spaces, dashes and look-alikes are forgiven. `None` for any
/// other character or count.
pub(super) fn read(text: &str, count: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(count));
    for typed in text.chars().filter(|typed| !is_filling(*typed)) {
        if out.len() == count {
            return None;
        }
        out.push(symbol_of(typed)?);
    }
    (out.len() == count).then_some(out)
}

/// A secret as it is printed for a person: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`, the last symbol being the check symbol.
pub(super) fn printed(secret: &Secret<PRINTED_BYTES>) -> String {
    let mut symbols = symbols(secret.expose());
    let check = check_symbol(&symbols);
    symbols.push(check);
    grouped(&symbols, PRINTED_GROUP)
}

/// What somebody typed from such a print. `None` for every single wrong symbol, every swap of two symbols, and anything
/// else with a chance of 31 in 32.
pub(super) fn read_printed(text: &str) -> Option<Secret<PRINTED_BYTES>> {
    let symbols = read(text, PRINTED_SYMBOLS).filter(|symbols| passes(symbols))?;
    let (_, random) = symbols.split_last()?;
    Secret::from_slice(&bytes(random))
}

fn times_x(element: u8) -> u8 {
    let shifted = element << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

fn symbol_of(typed: char) -> Option<u8> {
    let plain = typed.to_uppercase().next().map(latin)?;
    let index = ALPHABET.iter().position(|symbol| *symbol == plain)?;
    u8::try_from(index).ok()
}

/// A capital letter as the symbol that it looks like.
fn latin(capital: char) -> char {
    match capital {
        'O' | 'О' => '0',             // Latin, Cyrillic
        'I' | 'L' | 'І' | 'Ӏ' => '1', // Latin, Latin, Kazakh and Ukrainian, palochka
        'З' => '3',
        'А' => 'A',
        'В' => 'B',
        'С' | 'Ҫ' => 'C',
        'Е' | 'Ё' => 'E',
        'Н' | 'Ң' | 'Һ' => 'H',
        'Ј' => 'J',
        'К' | 'Қ' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Ѕ' => 'S',
        'Т' => 'T',
        'Х' | 'Ҳ' => 'X',
        'У' | 'Ү' => 'Y',
        other => other,
    }
}

/// Spaces, dashes (all of Unicode's category Pd, and what word processors make of them), invisible characters.
fn is_filling(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(typed,
            '-' | '_' | '\u{00AD}' | '\u{058A}' | '\u{05BE}' | '\u{1400}' | '\u{1806}' | '\u{2010}'..='\u{2015}'
            | '\u{2043}' | '\u{2212}' | '\u{2E17}' | '\u{2E1A}' | '\u{2E3A}' | '\u{2E3B}' | '\u{2E40}' | '\u{2E5D}'
            | '\u{301C}' | '\u{3030}' | '\u{30A0}' | '\u{FE31}' | '\u{FE32}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
            | '\u{10D6E}' | '\u{10EAD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_powers_of_x_are_31_different_ones() {
        let powers: std::collections::BTreeSet<u8> =
            std::iter::successors(Some(1), |element| Some(times_x(*element))).take(31).collect();
        assert_eq!(powers.len(), 31);
        assert!(powers.iter().all(|power| (1..32).contains(power)));
    }

    #[test]
    fn golden() {
        let some = symbols(&[0xff, 0x00, 0x12, 0x34, 0x56]);
        assert_eq!(grouped(&some, 4), "ZW01-4D2P");
        assert_eq!(*bytes(&some), [0xff, 0x00, 0x12, 0x34, 0x56]);
    }

    #[test]
    fn alphabet_reads_back_in_both_cases() {
        for (index, symbol) in ALPHABET.iter().enumerate() {
            assert_eq!(symbol_of(*symbol), u8::try_from(index).ok());
            assert_eq!(symbol_of(symbol.to_ascii_lowercase()), u8::try_from(index).ok());
        }
    }

    #[test]
    fn look_alikes() {
        let typed = "OoОоIiLlІіЗзАаВвСсЕеНнКкМмРрТтХхУу";
        let meant = "0000111111 33AABBCCEEHHKKMMPPTTXXYY".replace(' ', "");
        assert_eq!(read(typed, 34), read(&meant, 34));
        assert!(read("U", 1).is_none() && read("*", 1).is_none() && read("Я", 1).is_none());
    }

    #[test]
    fn filling_is_skipped() {
        assert_eq!(read(" 1\u{2011}2\u{2014}3\u{00A0}4\u{200B}5\t\n", 5), read("12345", 5));
        assert!(read("1234", 5).is_none() && read("123456", 5).is_none());
    }

    proptest! {
        #[test]
        fn round_trip(groups in proptest::collection::vec(any::<[u8; 5]>(), 0..12)) {
            let flat = groups.concat();
            prop_assert_eq!(&*bytes(&symbols(&flat)), &flat);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = read(&text, 25);
        }
    }
}
