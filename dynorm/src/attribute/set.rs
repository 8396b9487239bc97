//! Sets as SS, NS or BS, by how the elements are stored. An empty one is absent.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

macro_rules! sets { ($($set:ident<T: $($bound:ident)+ $(, $hasher:ident)?>;)*) => {$(
    impl<T: Attribute $(+ $bound)+ $(, $hasher: BuildHasher + Default)?> Attribute for $set<T $(, $hasher)?>
    where
        T::Stored: stored::Element,
    {
        type Stored = <T::Stored as stored::Element>::Set;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            write_set(self, writer)
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            read_set(reader)
        }

        fn is_absent(&self) -> bool {
            self.is_empty()
        }

        fn absent() -> Option<Self> {
            Some(Self::default())
        }
    }
)*} }
sets!(BTreeSet<T: Ord>; HashSet<T: Eq Hash, S>;);

pub(super) fn write_set<'a, T>(values: impl IntoIterator<Item = &'a T>, writer: &mut Writer) -> Result<(), EncodeError>
where
    T: Attribute<Stored: stored::Element> + 'a,
{
    writer.set(<T::Stored as stored::Element>::SET, |set| values.into_iter().try_for_each(|value| value.write(set)))
}

pub(super) fn read_set<T, C>(reader: &mut Reader<'_>) -> Result<C, DecodeError>
where
    T: Attribute<Stored: stored::Element>,
    C: Default + Extend<T>,
{
    let mut values = C::default();
    reader.set(<T::Stored as stored::Element>::SET, |reader| {
        values.extend([T::read(reader)?]);
        Ok(())
    })?;
    Ok(values)
}
