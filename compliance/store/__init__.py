"""What is kept between runs: the vault of facts (Parquet) and the records about them (a database)."""
