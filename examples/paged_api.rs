//! Paged JSON over HTTP: page tokens in the URL, forwards and backwards, which no client can read, change, or use for anything else.
//!
//! ```text
//! cargo run --example paged_api
//! curl -H 'x-user: alice' 'http://127.0.0.1:3000/shops/corner/orders?size=5'
//! curl -H 'x-user: alice' 'http://127.0.0.1:3000/shops/corner/orders?size=5&min_cents=9000'
//! ```
//!
//! Each answer has the paths of the `next` and the `previous` page. Change a letter of one, or ask as another user, and the answer is a
//! `400 Bad Request` that says why.
//!
//! `-- --listen 127.0.0.1:0` takes any free port, and `-- --token-lifetime 60` lets tokens end after a minute. `TOKEN_KEY` in the
//! environment is the key of the tokens: 64 hexadecimal digits, as `openssl rand -hex 32` prints them.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{Days, NaiveDate};
use dynorm::{Db, DynamoModel, TokenKey};
use dynorm_local::Local;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// An order of a shop. A shop is a partition, and its orders stand in it by their day.
#[derive(Debug, Clone, Serialize, DynamoModel)]
#[dynorm(table = "orders", sort_key = "{placed}#{number:06}")]
struct Order {
    #[dynorm(partition_key)]
    shop: String,
    placed: NaiveDate,
    number: u32,
    customer: String,
    cents: u64,
}

/// What stands behind the `?` of the URL.
#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default = "ten")]
    size: usize,
    min_cents: Option<u64>,
    /// A page token of an earlier answer.
    page: Option<String>,
}

fn ten() -> usize {
    10
}

/// An answer.
#[derive(Debug, Serialize)]
struct Orders {
    orders: Vec<Order>,
    /// The path of the next page.
    next: Option<String>,
    /// The path of the page before this one.
    previous: Option<String>,
}

/// Teaches: a page of a query begins at its token, and has the tokens of its neighbours.
async fn orders(
    State(db): State<Db>,
    Path(shop): Path<String>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Orders>, Failure> {
    let user = user(&headers)?;
    let mut query = Order::query(Order::key().shop(shop)).descending(); // the newest first
    if let Some(cents) = wanted.min_cents {
        query = query.filter(Order::CENTS.ge(cents));
    }
    let page = query
        .take(wanted.size.clamp(1, 100))
        // What a filter leaves out is read and paid for all the same: at most so much for one answer, which then may be short.
        .page_size(100)
        .max_pages(5)
        // The token is bound to shop, order and kind of filter by itself. Who may use it is for the application to say.
        .token_context(user)
        .page_token(wanted.page.as_deref())
        .page(&db)
        .await?;

    let link = |token: String| {
        let filter = wanted.min_cents.map(|cents| format!("&min_cents={cents}")).unwrap_or_default();
        // A token needs no escapes.
        format!("{}?size={}{filter}&page={token}", uri.path(), wanted.size)
    };
    Ok(Json(Orders {
        next: page.next_token()?.map(link),
        previous: page.previous_token()?.map(link),
        orders: page.items,
    }))
}

/// Who asks. A real service would look at a session or a signed token here.
fn user(headers: &HeaderMap) -> Result<&str, Failure> {
    let user = headers.get("x-user").and_then(|user| user.to_str().ok()).filter(|user| !user.is_empty());
    user.ok_or_else(|| Failure(StatusCode::UNAUTHORIZED, "say who you are in the header x-user".into()))
}

/// An answer that is none.
#[derive(Debug)]
struct Failure(StatusCode, String);

/// Teaches: whose fault an error is. A token that is refused came from the client, and the reason holds nothing secret.
impl From<dynorm::Error> for Failure {
    fn from(error: dynorm::Error) -> Self {
        if let Some(problem) = error.token() {
            return Failure(StatusCode::BAD_REQUEST, problem.to_string());
        }
        if error.is_key() {
            return Failure(StatusCode::BAD_REQUEST, "there can be no such shop".into());
        }
        // No value of an item stands in it, so that it can be logged as it is.
        eprintln!("error: {error}");
        Failure(StatusCode::INTERNAL_SERVER_ERROR, "try again later".into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: String,
        }
        (self.0, Json(Body { error: self.1 })).into_response()
    }
}

/// The command line.
struct Options {
    listen: String,
    token_lifetime: Duration,
}

impl Options {
    fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Options { listen: "127.0.0.1:3000".into(), token_lifetime: Duration::from_secs(3600) };
        while let Some(option) = args.next() {
            let value = args.next().ok_or_else(|| format!("{option} wants a value"))?;
            match option.as_str() {
                "--listen" => options.listen = value,
                "--token-lifetime" => options.token_lifetime = Duration::from_secs(value.parse()?),
                other => {
                    return Err(format!("there is no option {other}; there are --listen and --token-lifetime").into());
                }
            }
        }
        Ok(options)
    }
}

/// The key of the environment. Without one the example has its own, which is no secret.
fn token_key() -> Result<TokenKey, Box<dyn Error>> {
    match std::env::var("TOKEN_KEY") {
        Ok(key) => Ok(key.parse()?),
        Err(_) => Ok(TokenKey::new(*b"an example's key is not a secret")),
    }
}

/// Two shops with sixty orders each.
async fn open_shops(db: &Db) -> Result<(), Box<dyn Error>> {
    Order::create_table().send(db).await?;
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).ok_or("a day")?;
    let order = |shop: &str, number: u32| Order {
        shop: shop.into(),
        placed: first + Days::new(u64::from(number) / 3),
        number,
        customer: format!("customer {}", number % 7),
        cents: u64::from(number * 7_919 % 10_000),
    };
    let orders = ["corner", "station"].into_iter().flat_map(|shop| (1..=60).map(move |number| order(shop, number)));
    db.batch_write().put_all(orders).send().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Teaches: the handle has the key of the tokens and their lifetime. Every server of a service gets the same.
async fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args(std::env::args().skip(1))?;
    let local = Local::memory().await?;
    let tokens = Db::builder(local.client()).token_keys([token_key()?]).token_lifetime(options.token_lifetime);
    let db = tokens.build();
    open_shops(&db).await?;

    let app = Router::new().route("/shops/{shop}/orders", get(orders)).with_state(db);
    let listener = TcpListener::bind(&options.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
