//! The generics of a type in generated code, and types as they must be written there.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Type, WherePredicate};

/// The generics of the type that derives.
#[derive(Debug, Clone)]
pub(crate) struct TypeGenerics {
    generics: Generics,
    /// Bounds that the generated code needs beyond those of the type.
    bounds: Vec<WherePredicate>,
}

impl TypeGenerics {
    pub(crate) fn new(generics: &Generics) -> Self {
        let mut generics = generics.clone();
        for param in &mut generics.params {
            match param {
                GenericParam::Type(param) => param.default = None,
                GenericParam::Const(param) => param.default = None,
                GenericParam::Lifetime(_) => {}
            }
        }
        Self { generics, bounds: Vec::new() }
    }

    /// Whether there are no parameters at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.generics.params.is_empty()
    }

    /// Adds `ty: bound` if the type depends on a parameter; otherwise rustc knows the answer, and the error is better
    /// where the type is used.
    pub(crate) fn bound(&mut self, ty: &TokenStream, bound: &TokenStream) {
        if self.mentions(ty.clone())
            && let Ok(predicate) = syn::parse2::<WherePredicate>(quote!(#ty: #bound))
            && !self.bounds.contains(&predicate)
        {
            self.bounds.push(predicate);
        }
    }

    /// Whether one of the type parameters stands in these tokens.
    fn mentions(&self, tokens: TokenStream) -> bool {
        let params: Vec<&Ident> = self.generics.type_params().map(|param| &param.ident).collect();
        !params.is_empty() && any_ident(tokens, &mut |ident| params.contains(&ident))
    }

    /// `<'a, T: Bound>`, for `impl` and `struct`.
    pub(crate) fn params(&self) -> TokenStream {
        self.generics.split_for_impl().0.into_token_stream()
    }

    /// `<'a, T>`.
    pub(crate) fn args(&self) -> TokenStream {
        self.generics.split_for_impl().1.into_token_stream()
    }

    /// The parameters of an `impl` with one more type.
    pub(crate) fn params_and(&self, more: &TokenStream) -> TokenStream {
        let params = self.generics.params.iter();
        quote!(<#(#params,)* #more>)
    }

    /// The type's own `where` clause.
    pub(crate) fn own_where(&self) -> TokenStream {
        self.generics.where_clause.to_token_stream()
    }

    /// The `where` clause of an `impl`.
    pub(crate) fn where_clause(&self) -> TokenStream {
        self.where_with(&[])
    }

    /// The `where` clause of an `impl` for types that borrow nothing.
    pub(crate) fn lasting_where_clause(&self) -> TokenStream {
        let lifetimes = self.generics.lifetimes().map(|param| {
            let lifetime = &param.lifetime;
            quote!(#lifetime: 'static)
        });
        let types = self.generics.type_params().map(|param| {
            let ident = &param.ident;
            quote!(#ident: 'static)
        });
        self.where_with(&lifetimes.chain(types).collect::<Vec<_>>())
    }

    fn where_with(&self, more: &[TokenStream]) -> TokenStream {
        let own = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let own = own.chain(&self.bounds).map(ToTokens::to_token_stream);
        let all: Vec<_> = own.chain(more.iter().cloned()).collect();
        if all.is_empty() { TokenStream::new() } else { quote!(where #(#all,)*) }
    }
}

/// A field's type where `Self` would mean something else.
pub(crate) fn without_self(ty: &Type, name: &Ident, generics: &TypeGenerics) -> Type {
    let tokens = ty.to_token_stream();
    if !any_ident(tokens.clone(), &mut |ident| ident == "Self") {
        return ty.clone();
    }
    let args = generics.args();
    let replaced = replace(tokens, &quote!(#name #args));
    syn::parse2(replaced).unwrap_or_else(|_| ty.clone())
}

fn replace(tokens: TokenStream, with: &TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut out = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let path = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                out.extend(if path { quote!(<#with>) } else { with.clone() });
            }
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), replace(group.stream(), with));
                replaced.set_span(group.span());
                out.extend([TokenTree::Group(replaced)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// Whether a condition holds for an identifier in these tokens, inside groups as well.
pub(crate) fn any_ident(tokens: TokenStream, found: &mut dyn FnMut(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => found(&ident),
        TokenTree::Group(group) => any_ident(group.stream(), found),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
