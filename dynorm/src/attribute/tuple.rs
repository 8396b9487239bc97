//! Tuples as L, one element for each member.

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

macro_rules! tuples { ($(($($type:ident $index:tt),+) of $len:literal;)*) => {$(
    #[diagnostic::do_not_recommend]
    impl<$($type: Attribute),+> Attribute for ($($type,)+) {
        type Stored = stored::L;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            writer.list(|list| {
                $(self.$index.write(list)?;)+
                Ok(())
            })
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            let wrong_length = || DecodeError::invalid(concat!("a list that has not ", $len, " elements"));
            let mut slots: ($(Option<$type>,)+) = Default::default();
            reader.list(|reader, index| {
                match index {
                    $($index => slots.$index = Some($type::read(reader)?),)+
                    _ => return Err(wrong_length()),
                }
                Ok(())
            })?;
            Ok(($(slots.$index.ok_or_else(wrong_length)?,)+))
        }
    }
)*} }
tuples!(
    (A 0) of 1;
    (A 0, B 1) of 2;
    (A 0, B 1, C 2) of 3;
    (A 0, B 1, C 2, D 3) of 4;
    (A 0, B 1, C 2, D 3, E 4) of 5;
    (A 0, B 1, C 2, D 3, E 4, F 5) of 6;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) of 7;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7) of 8;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8) of 9;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9) of 10;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10) of 11;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11) of 12;
);
