//! The table as a picture: each state is a box that lists the steps out of it; a line leads from a step to the state that
//! it reaches, on the right where that lies below, on the left where it lies above. Steps that need a second person have
//! a double line and say so.

use std::fmt::Write;

use super::{
    doers, eyes,
    layers::{lanes, order},
    words,
};
use crate::domain::case::{
    status::Status,
    transition::{TRANSITIONS, To, Transition},
};

const BOX: i32 = 596;
const HEAD: i32 = 32;
const ROW: i32 = 22;
const FOOT: i32 = 8;
const GAP: i32 = 22;
const LANE: i32 = 18;
const MARGIN: i32 = 16;
const TOP: i32 = 56;

const STYLE: &str = "
svg { --paper: #ffffff; --box: #f4f6f8; --ink: #1b2733; --soft: #51606e; --line: #6b7a88; --eyes: #9a3412; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #12181f; --box: #1d2731; --ink: #eef2f5; --soft: #a9b6c2; --line: #8b9aa8; --eyes: #fdba74; }
}
text { font: 14px system-ui, 'DejaVu Sans', sans-serif; fill: var(--ink); }
.state { font-weight: 700; font-size: 15px; }
.soft { fill: var(--soft); }
.eyes { fill: var(--eyes); font-weight: 600; }
.paper { fill: var(--paper); }
.box { fill: var(--box); stroke: var(--line); }
path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.double { stroke: var(--eyes); stroke-width: 5; }
.between { stroke: var(--paper); stroke-width: 2; }
.dot, .tip { fill: var(--line); stroke: none; }
.dot.double, .tip.double { fill: var(--eyes); stroke: none; }
";

/// A state's box.
struct Card {
    status: Status,
    y: i32,
    rows: Vec<&'static Transition>,
}

impl Card {
    fn height(&self) -> i32 {
        HEAD + ROW * size(&self.rows) + FOOT
    }

    fn row_y(&self, place: usize) -> i32 {
        self.y + HEAD + ROW * i32::try_from(place).unwrap_or(0) + ROW / 2
    }

    /// Where lines come in: those of four eyes a little lower.
    fn port(&self, four_eyes: bool) -> i32 {
        self.y + if four_eyes { HEAD - 9 } else { 10 }
    }
}

fn size<T>(list: &[T]) -> i32 {
    i32::try_from(list.len()).unwrap_or(0)
}

fn cards() -> Vec<Card> {
    let mut y = TOP;
    let card = |status| {
        let rows = TRANSITIONS.iter().filter(|row| row.from == status).collect();
        let card = Card { status, y, rows };
        y += card.height() + GAP;
        card
    };
    order().into_iter().map(card).collect()
}

/// The lines of one kind to one state on one side: they share a lane.
struct Bus {
    starts: Vec<i32>,
    port: i32,
    four_eyes: bool,
    right: bool,
}

impl Bus {
    fn stretch(&self) -> (i32, i32) {
        let all = self.starts.iter().copied().chain([self.port]);
        (all.clone().min().unwrap_or(self.port), all.max().unwrap_or(self.port))
    }
}

fn buses(cards: &[Card]) -> Vec<Bus> {
    let mut buses = Vec::new();
    for target in cards {
        for (four_eyes, right) in [(false, true), (false, false), (true, true), (true, false)] {
            let starts: Vec<i32> = cards
                .iter()
                .filter(|card| card.status != target.status && (card.y < target.y) == right)
                .flat_map(|card| {
                    card.rows.iter().enumerate().map(move |(place, row)| (card.row_y(place), row))
                })
                .filter(|(_, row)| row.four_eyes == four_eyes)
                .filter(|(_, row)| row.to.possible(row.from).contains(&target.status))
                .map(|(y, _)| y)
                .collect();
            if !starts.is_empty() {
                buses.push(Bus { starts, port: target.port(four_eyes), four_eyes, right });
            }
        }
    }
    buses
}

/// The picture.
pub(super) fn draw() -> String {
    let cards = cards();
    let buses = buses(&cards);
    let side = |right: bool| -> Vec<&Bus> { buses.iter().filter(|bus| bus.right == right).collect() };
    let (left, right) = (side(false), side(true));
    let lanes_of = |buses: &[&Bus]| lanes(&buses.iter().map(|bus| bus.stretch()).collect::<Vec<_>>());
    let (left_lanes, right_lanes) = (lanes_of(&left), lanes_of(&right));
    let wide = |lanes: &[usize]| LANE * lanes.iter().max().map_or(0, |most| lane_number(*most) + 2);
    let x = MARGIN + wide(&left_lanes);
    let width = x + BOX + wide(&right_lanes) + MARGIN;
    let bottom = cards.last().map_or(TOP, |card| card.y + card.height());
    let mut body = String::new();
    for (bus, lane) in left.iter().zip(&left_lanes) {
        line(&mut body, bus, (x, -1), *lane);
    }
    for (bus, lane) in right.iter().zip(&right_lanes) {
        line(&mut body, bus, (x + BOX, 1), *lane);
    }
    for card in &cards {
        self::card(&mut body, card, x);
    }
    arrival(&mut body, x);
    legend(&mut body, x, bottom + 34);
    frame(width, bottom + 96, &body)
}

fn lane_number(lane: usize) -> i32 {
    i32::try_from(lane).unwrap_or(0)
}

/// A text takes whatever is written to it.
macro_rules! put {
    ($text:expr, $($words:tt)*) => { let _ = writeln!($text, $($words)*); };
}

/// The steps' lines to the lane, the lane, and the arrow into the state's box; `away` is the box's edge and the direction.
fn line(body: &mut String, bus: &Bus, (edge, away): (i32, i32), lane: usize) {
    let x = edge + away * LANE * (lane_number(lane) + 1);
    let (top, bottom) = bus.stretch();
    let mut path = format!("M{x} {top}V{bottom}M{x} {}H{}", bus.port, edge + away * 7);
    for start in &bus.starts {
        let _ = write!(path, "M{edge} {start}H{x}");
    }
    let class = if bus.four_eyes { " class=\"double\"" } else { "" };
    put!(body, "<path{class} d=\"{path}\"/>");
    if bus.four_eyes {
        put!(body, "<path class=\"between\" d=\"{path}\"/>");
    }
    let double = if bus.four_eyes { " double" } else { "" };
    for start in bus.starts.iter().filter(|start| **start != top && **start != bottom) {
        put!(body, "<circle class=\"dot{double}\" cx=\"{x}\" cy=\"{start}\" r=\"3.5\"/>");
    }
    tip(body, double, (edge, bus.port), away);
}

fn tip(body: &mut String, double: &str, (x, y): (i32, i32), away: i32) {
    let base = x + away * 9;
    put!(body, "<path class=\"tip{double}\" d=\"M{x} {y}L{base} {}V{}Z\"/>", y - 5, y + 5);
}

fn card(body: &mut String, card: &Card, x: i32) {
    let (y, height) = (card.y, card.height());
    put!(body, "<g id=\"state-{}\">", card.status);
    put!(body, "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{BOX}\" height=\"{height}\" rx=\"6\"/>");
    put!(
        body,
        "<text class=\"state\" x=\"{}\" y=\"{}\">{}</text>",
        x + 14,
        y + 21,
        words(card.status.code())
    );
    for (place, row) in card.rows.iter().enumerate() {
        let base = card.row_y(place) + 5;
        put!(body, "<g id=\"step-{}-{}\">", row.from, row.step);
        put!(body, "<text x=\"{}\" y=\"{base}\">{}</text>", x + 14, words(row.step.code()));
        put!(body, "<text class=\"soft\" x=\"{}\" y=\"{base}\">{}</text>", x + 148, doers(row));
        if let Some(eyes) = eyes(row) {
            put!(body, "<text class=\"eyes\" x=\"{}\" y=\"{base}\">{eyes}</text>", x + 318);
        }
        put!(body, "<text x=\"{}\" y=\"{base}\">→ {}</text></g>", x + 432, destination(row));
    }
    put!(body, "</g>");
}

fn destination(row: &Transition) -> String {
    match row.to {
        To::Fixed(status) => words(status.code()),
        To::Origin => "where it was asked".to_owned(),
        To::Same => "stays".to_owned(),
    }
}

fn arrival(body: &mut String, x: i32) {
    let at = x + 24;
    put!(body, "<circle class=\"dot\" cx=\"{at}\" cy=\"22\" r=\"6\"/><path d=\"M{at} 22V{}\"/>", TOP - 8);
    put!(body, "<path class=\"tip\" d=\"M{at} {TOP}L{} {}H{}Z\"/>", at - 5, TOP - 9, at + 5);
    put!(body, "<text class=\"soft\" x=\"{}\" y=\"27\">a report arrives</text>", at + 16);
}

fn legend(body: &mut String, x: i32, y: i32) {
    put!(
        body,
        "<path d=\"M{x} {y}h36\"/><text x=\"{}\" y=\"{}\">one person takes the step</text>",
        x + 48,
        y + 5
    );
    let below = y + 26;
    put!(
        body,
        "<path class=\"double\" d=\"M{x} {below}h36\"/><path class=\"between\" d=\"M{x} {below}h36\"/>"
    );
    let words = "four eyes: another person must approve it; two approve where a job proposes";
    put!(body, "<text x=\"{}\" y=\"{}\">{words}</text>", x + 48, below + 5);
}

fn frame(width: i32, height: i32, body: &str) -> String {
    let steps = TRANSITIONS.len();
    let eyes = TRANSITIONS.iter().filter(|row| row.four_eyes).count();
    let states = Status::ALL.len();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">The workflow of a case</title>\n\
         <desc id=\"desc\">{states} states, from top to bottom as a case goes through them. Each lists the steps out of it \
         with who takes them and where they lead, {steps} in all; {eyes} of them need a second person.</desc>\n\
         <style>{STYLE}</style>\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}
