/// Bars of a chart that the server draws as SVG: coordinates only, the colours are those of the style sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// Width of the picture.
    pub width: i64,
    /// Height of the picture.
    pub height: i64,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// Where the line of the expected value stands; none where it is above the picture.
    pub mark: Option<i64>,
    /// The largest value, at the upper end.
    pub most: i64,
}

/// A bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Left.
    pub x: i64,
    /// Top.
    pub y: i64,
    /// Height.
    pub height: i64,
}

impl Chart {
    /// Width of a bar; as much again is half the space behind it.
    pub const BAR: i64 = 16;
    const STEP: i64 = 24;
    const HEIGHT: i64 = 140;
    /// Room above the highest bar, for its number.
    const TOP: i64 = 18;

    /// A chart of these values, with a line at the one that is expected.
    #[must_use]
    pub fn of(values: &[i64], expected: i64) -> Self {
        let most = values.iter().copied().max().unwrap_or(0).max(1);
        let room = Self::HEIGHT - Self::TOP;
        let height = |value: i64| value.max(0).saturating_mul(room).checked_div(most).unwrap_or(0);
        let bar = |(place, value): (i64, &i64)| {
            let height = height(*value);
            Bar { x: place.saturating_mul(Self::STEP), y: Self::HEIGHT.saturating_sub(height), height }
        };
        let count = i64::try_from(values.len()).unwrap_or(0);
        Self {
            width: count.max(31).saturating_mul(Self::STEP),
            height: Self::HEIGHT,
            bars: (0..).zip(values).map(bar).collect(),
            mark: (expected <= most).then(|| Self::HEIGHT.saturating_sub(height(expected))),
            most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_room_and_the_others_are_in_proportion() {
        let chart = Chart::of(&[50, 100, 0], 75);
        assert_eq!(chart.bars.iter().map(|bar| bar.height).collect::<Vec<_>>(), [61, 122, 0]);
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height == chart.height));
        assert_eq!((chart.most, chart.mark), (100, Some(49)));
        assert_eq!(Chart::of(&[1], 1000).mark, None);
        assert_eq!(Chart::of(&[], 0).bars, []);
    }
}
