//! The methods that a query and a scan share: limits, and the ways to read.

/// Writes them into an `impl` block, so that each builder documents its own.
macro_rules! reading_methods {
    ($builder:ident) => {
        /// Reads only the attributes of a [projection](crate::DynamoProjection), and the keys, which a [cursor](Items::cursor) needs.
        ///
        /// It costs what reading whole items costs: DynamoDB leaves the other attributes out afterwards. An index that holds fewer
        /// attributes than the table is what makes a read cheaper; a projection is then declared for it (`index = ByAuthor`).
        ///
        /// [ProjectionExpression](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html)
        pub fn project<P: DynamoProjection<Model = M> + Fits<I>>(self) -> $builder<M, I, P> {
            self.read_as()
        }

        /// Fetches the items themselves from the table, for the keys that the index has: in order, and each as it is now, which may be
        /// [`Hydrated::Changed`](crate::Hydrated::Changed) or [`Hydrated::Missing`](crate::Hydrated::Missing).
        ///
        /// Beside the requests of the index, which reads nothing but keys, one BatchGetItem for each 100 items; half a read unit for each
        /// 4 KB of each item, one with [`consistent`](Hydrate::consistent). Limits and filter are those of the index: a filter is not asked
        /// again of the item that comes.
        ///
        /// ```
        /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
        /// # fn main() { run(async |db: Db| {
        /// let mut books = Book::query(Book::by_author().author("Jane Austen")).take(10).hydrate().stream(&db);
        /// while let Some(book) = books.try_next().await? {
        ///     match book.item() {
        ///         Some(book) => println!("{}", book.title),
        ///         None => println!("deleted meanwhile"),
        ///     }
        /// }
        /// assert_eq!(books.usage().requests, 2);
        /// # Ok(()) }) }
        /// ```
        ///
        /// [BatchGetItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html)
        pub fn hydrate(self) -> Hydrate<M, I>
        where
            I: Index<Model = M>,
        {
            Hydrate::new(Source::$builder(self.read_as()))
        }

        /// Reads the attributes that a local index does not hold too: DynamoDB fetches them from the table, item by item.
        ///
        /// Filter and result may then have any attribute of the model. It costs: for each item that is found, the whole item is read from
        /// the table beside its entry in the index, half a read unit for each 4 KB of it, rounded up for each item. An index that holds what
        /// is needed is cheaper, and so is [`project`](Self::project) of what this one holds.
        ///
        /// [Fetches](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.Querying)
        pub fn fetch_rest(self) -> $builder<M, FetchRest<I>, T>
        where
            I: LocalIndex,
        {
            self.at()
        }

        /// Leaves out the items of other models in the same table, which otherwise are errors in their places.
        ///
        /// What tells them apart is a filter that is added: by the model's `entity`, or for a scan of a model without one by the
        /// literals at the beginning of its key templates. DynamoDB reads and bills the others all the same. A query that goes by a key template
        /// with such a literal finds no others, and needs no filter. A model that has neither is refused before anything is sent, with
        /// [`is_expression`](crate::Error::is_expression).
        ///
        /// [`count`](Self::count) counts other models' items too, unless this is said.
        pub fn skip_foreign(mut self) -> Self {
            self.limits.skip_foreign = true;
            self
        }

        /// Returns each item [`Tracked`](crate::Tracked), to be changed and saved. Only reads of the table itself have every attribute of an item.
        ///
        /// ```
        /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
        /// # fn main() { run(async |db: Db| {
        /// let mut books = Book::scan().filter(Book::PAGES.is_some()).tracked().stream(&db);
        /// while let Some(mut book) = books.try_next().await? {
        ///     book.pages = None;
        ///     book.save().send(&db).await?;
        /// }
        /// # Ok(()) }) }
        /// ```
        pub fn tracked(self) -> $builder<M, I, Tracked<M>>
        where
            I: WholeItems,
        {
            self.read_as()
        }

        /// Returns the raw items, with every attribute that is read, whatever the model says: no item is a decode error.
        pub fn raw(self) -> $builder<M, I, Item> {
            self.read_as()
        }

        /// Returns at most this many items, however many requests that takes. `take(0)` sends nothing.
        pub fn take(mut self, items: usize) -> Self {
            self.limits.take = Some(items);
            self
        }

        /// Evaluates at most this many items in one request; DynamoDB's own bound of 1 MB holds as well.
        ///
        /// It counts items before the filter, so it bounds the cost of a request, not the number of results: that is [`take`](Self::take).
        pub fn page_size(mut self, items: u32) -> Self {
            self.limits.page_size = Some(items.max(1));
            self
        }

        /// Sends at most this many requests.
        pub fn max_pages(mut self, pages: usize) -> Self {
            self.limits.max_pages = Some(pages);
            self
        }

        /// Keeps the read to so many [read units](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html)
        /// in a second, all segments together, so that it leaves the table's capacity to others.
        ///
        /// Every request then asks for a limited number of items: a few at first, then as many as are worth a quarter of a second by what
        /// DynamoDB reported for those before. A request waits until its units are there, takes them beforehand, and is corrected by
        /// what it really took, so an estimate that was wrong is made up for by the next requests. Up to one second's units are saved up
        /// while nothing is read. Over ten seconds a read stays within a few percent of its budget as long as its items are
        /// of similar size; a single request can be off by what 1 MB costs, 128 units, or 256 with [`consistent`](Self::consistent).
        /// Requests that the SDK repeats are not counted, because DynamoDB does not report them; neither is what others read with the same table.
        ///
        /// It waits by the client's own timer, and goes by the client's time source.
        ///
        /// ```
        /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
        /// # fn main() { run(async |db: Db| {
        /// let mut books = Book::scan().read_units_per_second(100.0).stream(&db);
        /// while let Some(book) = books.try_next().await? {
        ///     println!("{}", book.title);
        /// }
        /// # Ok(()) }) }
        /// ```
        pub fn read_units_per_second(mut self, units: f64) -> Self {
            self.limits.read_units_per_second = Some(units);
            self
        }

        /// Sees every write that succeeded before, for twice the read units. Global indexes do not have it.
        pub fn consistent(mut self) -> Self
        where
            I: Consistent,
        {
            self.limits.consistent = true;
            self
        }

        /// Returns items also when their `ttl` has passed. DynamoDB deletes expired items within a few days, and until then they are hidden
        /// from reads that do not ask for them: left out when they arrive, so that they are billed, and count for [`page_size`](Self::page_size).
        /// From an index that does not hold the `ttl` attribute they are returned in any case.
        pub fn with_expired(mut self) -> Self {
            self.limits.with_expired = true;
            self
        }

        /// Whether that was said.
        pub(super) fn is_with_expired(&self) -> bool {
            self.limits.with_expired
        }

        /// Fetches no page before its first item is asked for.
        pub fn no_look_ahead(mut self) -> Self {
            self.limits.no_look_ahead = true;
            self
        }

        /// Goes on behind this position of an earlier read of the same kind.
        pub fn after(mut self, cursor: Cursor<M, I>) -> Self {
            self.begin.at = At::After(cursor);
            self
        }

        /// Begins where a page token of the same read says, forwards or backwards; without one, at the start.
        ///
        /// Tokens are what [`Page::next_token`] and [`Page::previous_token`] give: cursors that may leave the program, in a URL for
        /// instance. They are encrypted and authenticated (XChaCha20-Poly1305) with the handle's [key](crate::DbBuilder::token_keys), so that no
        /// stored value shows in one, and good for a limited [time](crate::DbBuilder::token_lifetime).
        ///
        /// A token belongs to the read that made it: the same model, table, index and direction, the same key condition with its values, a
        /// filter of the same form, as many segments, and the same [`token_context`](Self::token_context). The *values* of the filter
        /// may be others, so that "of the last hour" can go on; so may the limits, and what is read of an item. For any other read
        /// it is refused, and nothing is sent.
        ///
        /// A call that reads then fails with [`is_token`](crate::Error::is_token), and [`token`](crate::Error::token) says why: it was
        /// altered or cut, belongs to another read, is too old, or its key is unknown.
        ///
        /// ```
        /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
        /// # fn main() { run(async |db: Db| {
        /// # let db = Db::builder(db.client().clone()).token_keys([dynorm::TokenKey::new([7; 32])]).build();
        /// // A request like `GET /books?page=..`, of a user of tenant 7.
        /// async fn books(db: &Db, page: Option<&str>) -> Result<(Vec<Book>, Option<String>)> {
        ///     let penguin = Book::query(Book::key().publisher("Penguin Books")).take(1);
        ///     let page = penguin.token_context("tenant-7").page_token(page).page(db).await?;
        ///     let next = page.next_token()?;
        ///     Ok((page.items, next))
        /// }
        ///
        /// let (first, next) = books(&db, None).await?;
        /// let (second, _) = books(&db, next.as_deref()).await?;
        /// assert_eq!((first.len(), second.len()), (1, 0));
        ///
        /// let error = books(&db, Some("something else")).await.expect_err("that is no token");
        /// assert!(error.is_token()); // a `400 Bad Request`
        /// # Ok(()) }) }
        /// ```
        #[cfg(feature = "tokens")]
        pub fn page_token(mut self, token: Option<&str>) -> Self {
            self.begin.at = token.map_or(At::Edge, |token| At::Token(token.to_owned()));
            self
        }

        /// Binds page tokens to this text as well: a token that was made under another one, or under none, is refused.
        ///
        /// Name here what decides about the right to read and is not part of the key: the tenant, the user, the session.
        #[cfg(feature = "tokens")]
        pub fn token_context(mut self, context: impl Into<String>) -> Self {
            self.begin.context = Some(context.into());
            self
        }
    };
}
pub(super) use reading_methods;

/// The ways to read, for models that can be read back.
macro_rules! reading_verbs {
    ($builder:ident, $request:ident: $fluent:ty) => {
        impl<M: DynamoModel + 'static, I: Target + 'static, T: FromItem<M>> $builder<M, I, T> {
            /// The first request that a read sends, to look at, to change, and to send with the SDK. Nothing is sent.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
            /// # fn main() { run(async |db: Db| {
            /// let request = Book::query(Book::key().publisher("Penguin Books")).request(&db)?;
            /// assert_eq!(request.get_key_condition_expression().as_deref(), Some("#0 = :0"));
            /// let answer = request.limit(1).send().await.expect("the table is there");
            /// assert_eq!(answer.count(), 1);
            /// # Ok(()) }) }
            /// ```
            ///
            /// # Errors
            /// [`is_key`](crate::Error::is_key) and [`is_expression`](crate::Error::is_expression).
            pub fn request(&self, db: &Db) -> Result<$fluent>
            where
                T: ReadFrom<I>,
            {
                let (plan, begin) = self.clone().plan(db, T::attributes(I::LACKING));
                plan?.$request(db, begin, self.limits)
            }

            /// What the read would send, what is filtered after reading, and what it is billed for. Nothing is sent.
            ///
            /// # Errors
            /// [`is_key`](crate::Error::is_key) and [`is_expression`](crate::Error::is_expression).
            pub fn explain(&self, db: &Db) -> Result<Explain>
            where
                T: ReadFrom<I>,
            {
                let (plan, begin) = self.clone().plan(db, T::attributes(I::LACKING));
                plan?.explained(begin, db, self.limits)
            }

            /// The items as a lazy stream over the pages; nothing is sent before the first is asked for.
            ///
            /// What is wrong with the request itself, such as a key part that does not fit, is the stream's first and only item.
            pub fn stream(self, db: &Db) -> Items<T, I, M>
            where
                T: ReadFrom<I>,
            {
                let limits = self.limits;
                let (plan, begin) = self.plan(db, T::attributes(I::LACKING));
                Items::new(db.clone(), plan, limits, begin)
            }

            /// Reads one page, or as many as [`max_pages`](Self::max_pages) says, up to [`take`](Self::take) items.
            ///
            /// It has a cursor on both sides: [`Page`].
            ///
            /// # Errors
            /// [`is_key`](crate::Error::is_key) and [`is_expression`](crate::Error::is_expression) before anything is sent;
            /// [`is_decode`](crate::Error::is_decode) for an item that is no `T`; and what the service or the connection reports.
            pub fn page(self, db: &Db) -> Reading<Page<T, I, M>>
            where
                T: ReadFrom<I>,
            {
                let db = db.clone();
                Reading::new(async move { self.stream(&db.started()).page().await })
            }

            /// Reads everything into memory: as many requests as there are pages.
            ///
            /// # Errors
            /// Those of [`page`](Self::page). What was read before the error is lost: a [`stream`](Self::stream) keeps it.
            pub fn all(self, db: &Db) -> Reading<Vec<T>>
            where
                T: ReadFrom<I>,
            {
                let db = db.clone();
                Reading::new(async move { self.stream(&db.started()).all().await })
            }

            /// The first item: a request for one item, or with a filter pages until one matches.
            ///
            /// # Errors
            /// Those of [`page`](Self::page).
            pub fn first(self, db: &Db) -> Reading<Option<T>>
            where
                T: ReadFrom<I>,
            {
                let db = db.clone();
                Reading::new(async move { self.take(1).stream(&db.started()).try_next().await })
            }

            /// How many items there are. DynamoDB reads and bills them all, and sends none; those whose `ttl` has passed are left out by a filter.
            ///
            /// # Errors
            /// [`is_key`](crate::Error::is_key) and [`is_expression`](crate::Error::is_expression) before anything is sent;
            /// and what the service or the connection reports.
            pub fn count(mut self, db: &Db) -> Reading<u64>
            where
                M: CountsLive<I>,
            {
                if !self.limits.with_expired {
                    let expiry = Expiry::of(M::SCHEMA, || db.now());
                    self.filter = both(self.filter, expiry.map(|expiry| !expiry.passed()));
                }
                let db = db.clone();
                Reading::new(async move { self.count_with_expired(&db).await })
            }

            /// The same with the items whose `ttl` has passed, which is all that can be counted in an index that does not hold that attribute.
            ///
            /// # Errors
            /// Those of [`count`](Self::count).
            pub async fn count_with_expired(self, db: &Db) -> Result<u64> {
                let limits = self.limits;
                let (plan, begin) = self.without_guards().plan(db, None);
                Items::<Counted, I, M>::new(db.started(), plan.map(Plan::counting), limits, begin).count().await
            }
        }
    };
}
pub(super) use reading_verbs;
