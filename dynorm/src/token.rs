//! Page tokens: cursors that may leave the program, as encrypted and authenticated strings.
//!
//! This is the envelope: keys, encryption, age. What is in it, and to which read it is bound, is up to [`read`](crate::read).

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use aws_smithy_types::base64;
use chacha20poly1305::{AeadInOut, Key, KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::error::{Error, Problem, Result, TokenProblem};

/// The first byte of a token. It changes whenever the meaning of any byte behind it does.
const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const HEADER: usize = 1 + KEY_ID;
const NONCE: usize = 24;
/// The seconds since the epoch at which a token ends.
const END: usize = 8;

/// How long a token is good for, if nothing else was said.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A secret key for page tokens: 32 random bytes, which all servers that take each other's tokens share.
///
/// As text it is 64 hexadecimal digits or base64: what `openssl rand -hex 32` and `openssl rand -base64 32` print.
///
/// ```
/// # fn run(client: aws_sdk_dynamodb::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let current: dynorm::TokenKey = std::env::var("TOKEN_KEY")?.parse()?;
/// let previous: dynorm::TokenKey = std::env::var("PREVIOUS_TOKEN_KEY")?.parse()?;
/// let db = dynorm::Db::builder(client).token_keys([current, previous]).build();
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TokenKey {
    /// Tells in the token which key it is, and nothing of the key.
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

impl TokenKey {
    /// A key of these bytes, which must be random and secret.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(b"dynorm token key").chain_update(bytes).finalize();
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&digest[..KEY_ID]);
        TokenKey { id, cipher: XChaCha20Poly1305::new(&Key::from(bytes)) }
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

/// A text that is no [`TokenKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidTokenKey;

impl fmt::Display for InvalidTokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a token key is 32 bytes, as 64 hexadecimal digits or in base64; make one with `openssl rand -hex 32`",
        )
    }
}

impl std::error::Error for InvalidTokenKey {}

impl FromStr for TokenKey {
    type Err = InvalidTokenKey;

    fn from_str(text: &str) -> Result<Self, InvalidTokenKey> {
        let text = text.trim();
        let bytes = if text.len() == 64 { from_hex(text) } else { base64::decode(text).ok() };
        let bytes: [u8; 32] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(InvalidTokenKey)?;
        Ok(TokenKey::new(bytes))
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| digit.try_into().ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// What a handle seals and opens tokens with.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    /// The first one seals, every one opens.
    pub(crate) keys: Vec<TokenKey>,
    pub(crate) lifetime: Duration,
}

impl Default for Tokens {
    fn default() -> Self {
        Tokens { keys: Vec::new(), lifetime: LIFETIME }
    }
}

impl Tokens {
    /// Encrypts `content`: `version, key id, nonce, end and content as encrypted, tag`, in the alphabet of URLs.
    pub(crate) fn seal(&self, content: &[u8], now: SystemTime) -> Result<String> {
        let key = self.keys.first().ok_or_else(|| Error::new(Problem::NoTokenKey))?;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| Error::new(Problem::NoRandomness))?;
        let mut header = [VERSION; HEADER];
        header[1..].copy_from_slice(&key.id);
        let end = seconds(now).saturating_add(self.lifetime.as_secs());
        let mut sealed = Vec::with_capacity(END + content.len() + 16);
        sealed.extend_from_slice(&end.to_be_bytes());
        sealed.extend_from_slice(content);
        // It fails for contents of 256 GB.
        key.cipher.encrypt_in_place(&XNonce::from(nonce), &header, &mut sealed).map_err(|_| TokenProblem::Malformed)?;
        let token = [&header[..], &nonce, &sealed].concat();
        Ok(to_url(&base64::encode(token)))
    }

    /// The content of a token that one of the keys sealed. Whether its time is over is told with it, so that it can be said last.
    pub(crate) fn open(&self, token: &str, now: SystemTime) -> Result<Opened> {
        if self.keys.is_empty() {
            return Err(Error::new(Problem::NoTokenKey));
        }
        let bytes = from_url(token).ok_or(TokenProblem::Malformed)?;
        if bytes.first().is_some_and(|version| *version != VERSION) {
            return Err(TokenProblem::Version.into());
        }
        let (header, rest) = bytes.split_at_checked(HEADER).ok_or(TokenProblem::Malformed)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or(TokenProblem::Malformed)?;
        let key = self.keys.iter().find(|key| key.id == header[1..]).ok_or(TokenProblem::UnknownKey)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| TokenProblem::Malformed)?;
        let mut opened = sealed.to_vec();
        key.cipher.decrypt_in_place(&nonce, header, &mut opened).map_err(|_| TokenProblem::Tampered)?;
        let (end, content) = opened.split_first_chunk::<END>().ok_or(TokenProblem::Malformed)?;
        Ok(Opened { content: content.to_vec(), is_over: seconds(now) >= u64::from_be_bytes(*end) })
    }
}

/// What is in a token.
pub(crate) struct Opened {
    pub(crate) content: Vec<u8>,
    pub(crate) is_over: bool,
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Base64 in the alphabet that needs no escapes in a URL, without padding
/// ([RFC 4648, section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
fn to_url(standard: &str) -> String {
    let same = |c| match c {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    standard.trim_end_matches('=').chars().map(same).collect()
}

/// The bytes of such a text, of which there is only one for any bytes: bits that stand for nothing must be zero.
fn from_url(text: &str) -> Option<Vec<u8>> {
    let mut standard = String::with_capacity(text.len() + 3);
    for c in text.chars() {
        standard.push(match c {
            '-' => '+',
            '_' => '/',
            'A'..='Z' | 'a'..='z' | '0'..='9' => c,
            _ => return None,
        });
    }
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    let bytes = base64::decode(&standard).ok()?;
    (base64::encode(&bytes) == standard).then_some(bytes)
}
