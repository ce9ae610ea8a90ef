//! A short list that needs no allocation for the commonest lengths.

/// No, one, two or many values. Most primitives have one result and at most two inputs: those need no
/// allocation and move as plain values.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Few<T> {
    /// No value.
    #[default]
    Zero,
    /// One value.
    One(T),
    /// Two values.
    Two([T; 2]),
    /// More.
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// The values in order.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match self {
            Few::Zero => &[],
            Few::One(value) => std::slice::from_ref(value),
            Few::Two(values) => values,
            Few::Many(values) => values,
        }
    }

    /// The values in order, to change.
    #[inline]
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Few::Zero => &mut [],
            Few::One(value) => std::slice::from_mut(value),
            Few::Two(values) => values,
            Few::Many(values) => values,
        }
    }

    /// Each value mapped.
    #[inline]
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Few<U> {
        match self {
            Few::Zero => Few::Zero,
            Few::One(value) => Few::One(f(value)),
            Few::Two([a, b]) => Few::Two([f(a), f(b)]),
            Few::Many(values) => Few::Many(values.into_iter().map(f).collect()),
        }
    }

    /// The only value, if there is exactly one.
    #[inline]
    #[must_use]
    pub fn single(self) -> Option<T> {
        match self {
            Few::One(value) => Some(value),
            Few::Many(mut values) if values.len() == 1 => values.pop(),
            _ => None,
        }
    }

    /// Adds a value at the end.
    #[inline]
    pub fn push(&mut self, value: T) {
        if let Few::Zero = self {
            *self = Few::One(value);
            return;
        }
        *self = match std::mem::take(self) {
            Few::Zero => Few::One(value),
            Few::One(first) => Few::Two([first, value]),
            Few::Two([a, b]) => Few::Many(vec![a, b, value]),
            Few::Many(mut values) => {
                values.push(value);
                Few::Many(values)
            }
        };
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut values: Vec<T>) -> Few<T> {
        if values.len() == 1
            && let Some(value) = values.pop()
        {
            return Few::One(value);
        }
        Few::Many(values)
    }
}

impl<T> std::ops::Deref for Few<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Few<T> {
        let mut few = Few::Zero;
        values.into_iter().for_each(|value| few.push(value));
        few
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::iter::Chain<std::iter::Flatten<std::array::IntoIter<Option<T>, 2>>, std::vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        let (few, many) = match self {
            Few::Zero => ([None, None], Vec::new()),
            Few::One(value) => ([Some(value), None], Vec::new()),
            Few::Two([a, b]) => ([Some(a), Some(b)], Vec::new()),
            Few::Many(values) => ([None, None], values),
        };
        few.into_iter().flatten().chain(many)
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}
