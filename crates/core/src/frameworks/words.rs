//! The words of a command line, which is not endless.

/// Words in portions of at most so many bytes, with a sign between any two.
pub(super) fn portions<W: AsRef<str>>(
    words: impl IntoIterator<Item = W>,
    longest: usize,
) -> Vec<Vec<W>> {
    let mut portions: Vec<Vec<W>> = Vec::new();
    let mut length = 0;
    for word in words {
        length += word.as_ref().len() + 1;
        match portions.last_mut() {
            Some(portion) if length <= longest => portion.push(word),
            _ => {
                length = word.as_ref().len();
                portions.push(vec![word]);
            }
        }
    }
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_ends_before_it_is_too_long() {
        assert_eq!(portions(["aaa", "bbb", "cc"], 7), [vec!["aaa", "bbb"], vec!["cc"]]);
        assert_eq!(portions(["aaaaaaaaa", "b", "cc"], 4), [vec!["aaaaaaaaa"], vec!["b", "cc"]]);
        assert_eq!(portions([""; 0], 4), Vec::<Vec<&str>>::new());
    }
}
