//! Which body is under which, in memory: 20 bytes a body, read again only when the registry changed.

use sha2::{Digest, Sha256};

use super::{authentic::Authentic, context::Context};
use crate::{
    domain::ids::BodyId,
    storage::{Db, StorageError, instance::InstanceRow},
};

/// No body above.
const TOP: u32 = u32::MAX;

/// The tree of all bodies.
#[derive(Debug, Default)]
pub struct BodyTree {
    /// The digest of the registry that it was read of.
    of: Option<Vec<u8>>,
    /// Bodies by id, each with the place of the one above it.
    nodes: Vec<(BodyId, u32)>,
    /// Whether the server wrote the tree as it stands.
    sound: bool,
}

/// A row of the tree: the body, the one above it, whether it is closed.
pub(super) type Branch = (BodyId, Option<BodyId>, bool);

/// The digest of a tree, by id, which carries the server's proof.
pub(super) fn digest_of(tree: &[Branch]) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(b"senim/bodies/v1\n");
    for (id, parent, closed) in tree {
        digest.update(id.0.as_bytes());
        digest.update(parent.map(|parent| parent.0).unwrap_or_default().as_bytes());
        digest.update([u8::from(*closed)]);
    }
    digest.finalize().into()
}

impl BodyTree {
    /// Whether it is the tree of this instance's registry.
    pub(super) fn is_of(&self, instance: Option<&InstanceRow>) -> bool {
        self.of.as_ref() == instance.and_then(|row| row.bodies_digest.as_ref())
    }

    /// The digest of the registry that it was read of.
    #[must_use]
    pub fn digest(&self) -> Option<&[u8]> {
        self.of.as_deref()
    }

    /// Whether the server wrote it. One that somebody else wrote has no branches: a rule for a body is for
    /// that one only, and nobody can be told impartial.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.sound
    }

    /// Reads it.
    pub(super) async fn load(
        db: &mut Db<'_>,
        ctx: &Context,
        instance: Option<&InstanceRow>,
    ) -> Result<Self, StorageError> {
        let rows = db.body_tree().await?;
        let of = instance.and_then(|row| row.bodies_digest.clone());
        let sound = match instance.and_then(|row| Some((row, row.bodies_mac.as_ref()?))) {
            Some((row, mac)) => Authentic::bodies(ctx, row, &digest_of(&rows)).holds(ctx, mac),
            None => rows.is_empty(),
        };
        let nodes = if sound { nodes(&rows) } else { Vec::new() };
        Ok(Self { of, nodes, sound })
    }

    /// Whether a body is in it.
    #[must_use]
    pub fn holds(&self, body: BodyId) -> bool {
        self.nodes.binary_search_by_key(&body, |(id, _)| *id).is_ok()
    }

    /// A body and all above it, from itself up.
    #[must_use]
    pub fn chain(&self, body: BodyId) -> Vec<BodyId> {
        let mut chain = vec![body];
        let mut next = self.nodes.binary_search_by_key(&body, |(id, _)| *id).ok();
        while let Some(&(_, above)) = next.and_then(|at| self.nodes.get(at)) {
            next = usize::try_from(above).ok().filter(|at| *at < self.nodes.len());
            match next.and_then(|at| self.nodes.get(at)) {
                // A ring has no server's proof; without end it would be a trap all the same.
                Some((id, _)) if chain.len() <= self.nodes.len() => chain.push(*id),
                _ => break,
            }
        }
        chain
    }

    /// Bytes that it takes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.nodes.capacity().saturating_mul(size_of::<(BodyId, u32)>())
    }
}

fn nodes(rows: &[Branch]) -> Vec<(BodyId, u32)> {
    let place = |parent: &BodyId| rows.binary_search_by_key(parent, |(id, ..)| *id).ok();
    let above =
        |parent: &Option<BodyId>| parent.as_ref().and_then(place).and_then(|at| u32::try_from(at).ok());
    rows.iter().map(|(id, parent, _)| (*id, above(parent).unwrap_or(TOP))).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> BodyId {
        BodyId(Uuid::from_u128(n))
    }

    #[test]
    fn a_chain_goes_up_to_the_top() {
        let rows = [(id(1), None, false), (id(2), Some(id(1)), false), (id(3), Some(id(2)), true)];
        let tree = BodyTree { of: None, nodes: nodes(&rows), sound: true };
        assert_eq!(tree.chain(id(3)), [id(3), id(2), id(1)]);
        assert_eq!(tree.chain(id(9)), [id(9)], "an unknown body is under none");
        let ring = [(id(1), Some(id(2)), false), (id(2), Some(id(1)), false)];
        let tree = BodyTree { of: None, nodes: nodes(&ring), sound: true };
        assert!(tree.chain(id(1)).len() < 5);
    }

    #[test]
    fn a_hundred_thousand_bodies_take_a_few_megabytes() {
        let rows: Vec<Branch> =
            (0..100_000_u128).map(|n| (id(n), n.checked_sub(1).map(|above| id(above / 10)), false)).collect();
        let tree = BodyTree { of: None, nodes: nodes(&rows), sound: true };
        assert!(tree.bytes() <= 3_000_000, "{}", tree.bytes());
        assert_eq!(tree.chain(id(99_999)).len(), 6);
        let mut moved = rows.clone();
        moved[7].1 = Some(id(99));
        assert_ne!(digest_of(&rows), digest_of(&moved));
        moved[7] = (rows[7].0, rows[7].1, true);
        assert_ne!(digest_of(&rows), digest_of(&moved));
    }
}
