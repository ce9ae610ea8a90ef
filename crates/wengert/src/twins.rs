//! The macro that gives every fallible method its two forms.

/// Writes each method twice: `name` panics with the error's text at the caller's line, so that
/// arithmetic chains; `try_name` returns the error. The body is that of the fallible form.
///
/// ```ignore
/// twins! {
///     /// The values with the axes in another order.
///     pub fn permute / try_permute(&self, axes: &[isize]) -> Tensor { … }
/// }
/// ```
macro_rules! twins {
    ($(
        $(#[$meta:meta])*
        pub fn $name:ident / $try_name:ident (& $this:ident $(, $arg:ident : $ty:ty)* $(,)?) -> $out:ty $body:block
    )*) => {$(
        $(#[$meta])*
        ///
        /// # Panics
        #[doc = concat!("Where [`", stringify!($try_name), "`](Self::", stringify!($try_name), ") returns an error.")]
        #[track_caller]
        #[must_use]
        pub fn $name(&$this $(, $arg: $ty)*) -> $out {
            match $this.$try_name($($arg),*) {
                Ok(value) => value,
                Err(error) => error.raise(),
            }
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), "), returning errors instead of panicking.")]
        ///
        /// # Errors
        /// If shapes, dtypes or arguments do not fit; the text shows them and says what to write instead.
        #[track_caller]
        pub fn $try_name(&$this $(, $arg: $ty)*) -> $crate::Result<$out> $body
    )*};
    ($(
        $(#[$meta:meta])*
        pub fn $name:ident / $try_name:ident ($($arg:ident : $ty:ty),* $(,)?) -> $out:ty $body:block
    )*) => {$(
        $(#[$meta])*
        ///
        /// # Panics
        #[doc = concat!("Where [`", stringify!($try_name), "`](Self::", stringify!($try_name), ") returns an error.")]
        #[track_caller]
        #[must_use]
        pub fn $name($($arg: $ty),*) -> $out {
            match Self::$try_name($($arg),*) {
                Ok(value) => value,
                Err(error) => error.raise(),
            }
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), "), returning errors instead of panicking.")]
        ///
        /// # Errors
        /// If shapes, dtypes or arguments do not fit; the text shows them and says what to write instead.
        #[track_caller]
        pub fn $try_name($($arg: $ty),*) -> $crate::Result<$out> $body
    )*};
}
pub(crate) use twins;
