-- judge every row, write the rejected ones, note the others' hashes
COPY (
  SELECT "raw_timestamp" AS "timestamp",
    "raw_country_code" AS "country_code",
    "raw_last_order_ts" AS "last_order_ts",
    "raw_first_order_ts" AS "first_order_ts",
    "raw_total_orders" AS "total_orders",
    "raw_voucher_amount" AS "voucher_amount",
    source_file,
    source_row,
    CASE reason_number
           WHEN 1 THEN 'timestamp_missing'
           WHEN 2 THEN 'timestamp_malformed'
           WHEN 3 THEN 'country_code_missing'
           WHEN 4 THEN 'last_order_ts_missing'
           WHEN 5 THEN 'last_order_ts_malformed'
           WHEN 6 THEN 'first_order_ts_missing'
           WHEN 7 THEN 'first_order_ts_malformed'
           WHEN 8 THEN 'total_orders_missing'
           WHEN 9 THEN 'total_orders_malformed'
           WHEN 10 THEN 'voucher_amount_malformed'
           WHEN 11 THEN 'last_order_after_assignment'
           WHEN 12 THEN 'first_order_after_last_order'
           WHEN 13 THEN 'total_orders_negative' END AS reason,
    list_filter([
           CASE WHEN "timestamp" IS NULL AND ("raw_timestamp" IS NULL OR "raw_timestamp" = '') THEN 'timestamp_missing' END, 
           CASE WHEN "timestamp" IS NULL AND NOT ("raw_timestamp" IS NULL OR "raw_timestamp" = '') THEN 'timestamp_malformed' END, 
           CASE WHEN "country_code" IS NULL THEN 'country_code_missing' END, 
           CASE WHEN "last_order_ts" IS NULL AND ("raw_last_order_ts" IS NULL OR "raw_last_order_ts" = '') THEN 'last_order_ts_missing' END, 
           CASE WHEN "last_order_ts" IS NULL AND NOT ("raw_last_order_ts" IS NULL OR "raw_last_order_ts" = '') THEN 'last_order_ts_malformed' END, 
           CASE WHEN "first_order_ts" IS NULL AND ("raw_first_order_ts" IS NULL OR "raw_first_order_ts" = '') THEN 'first_order_ts_missing' END, 
           CASE WHEN "first_order_ts" IS NULL AND NOT ("raw_first_order_ts" IS NULL OR "raw_first_order_ts" = '') THEN 'first_order_ts_malformed' END, 
           CASE WHEN "total_orders" IS NULL AND ("raw_total_orders" IS NULL OR "raw_total_orders" = '') THEN 'total_orders_missing' END, 
           CASE WHEN "total_orders" IS NULL AND NOT ("raw_total_orders" IS NULL OR "raw_total_orders" = '') THEN 'total_orders_malformed' END, 
           CASE WHEN "voucher_amount" IS NULL AND NOT ("raw_voucher_amount" IS NULL OR "raw_voucher_amount" = '') THEN 'voucher_amount_malformed' END, 
           CASE WHEN NOT ("last_order_ts" <= "timestamp") THEN 'last_order_after_assignment' END, 
           CASE WHEN NOT ("first_order_ts" <= "last_order_ts") THEN 'first_order_after_last_order' END, 
           CASE WHEN NOT ("total_orders" >= 0) THEN 'total_orders_negative' END], lambda item: item IS NOT NULL) AS reasons
  FROM (
    SELECT *, CASE
           WHEN "timestamp" IS NULL AND ("raw_timestamp" IS NULL OR "raw_timestamp" = '') THEN 1
           WHEN "timestamp" IS NULL AND NOT ("raw_timestamp" IS NULL OR "raw_timestamp" = '') THEN 2
           WHEN "country_code" IS NULL THEN 3
           WHEN "last_order_ts" IS NULL AND ("raw_last_order_ts" IS NULL OR "raw_last_order_ts" = '') THEN 4
           WHEN "last_order_ts" IS NULL AND NOT ("raw_last_order_ts" IS NULL OR "raw_last_order_ts" = '') THEN 5
           WHEN "first_order_ts" IS NULL AND ("raw_first_order_ts" IS NULL OR "raw_first_order_ts" = '') THEN 6
           WHEN "first_order_ts" IS NULL AND NOT ("raw_first_order_ts" IS NULL OR "raw_first_order_ts" = '') THEN 7
           WHEN "total_orders" IS NULL AND ("raw_total_orders" IS NULL OR "raw_total_orders" = '') THEN 8
           WHEN "total_orders" IS NULL AND NOT ("raw_total_orders" IS NULL OR "raw_total_orders" = '') THEN 9
           WHEN "voucher_amount" IS NULL AND NOT ("raw_voucher_amount" IS NULL OR "raw_voucher_amount" = '') THEN 10
           WHEN NOT ("last_order_ts" <= "timestamp") THEN 11
           WHEN NOT ("first_order_ts" <= "last_order_ts") THEN 12
           WHEN NOT ("total_orders" >= 0) THEN 13
           ELSE 0 END AS reason_number
    FROM (
      SELECT *, voucher_timestamp("raw_timestamp") AS "timestamp",
        nullif("raw_country_code", '') AS "country_code",
        voucher_timestamp("raw_last_order_ts") AS "last_order_ts",
        voucher_timestamp("raw_first_order_ts") AS "first_order_ts",
        voucher_integer("raw_total_orders") AS "total_orders",
        voucher_integer("raw_voucher_amount") AS "voucher_amount"
      FROM (
        SELECT "timestamp" AS "raw_timestamp", "country_code" AS "raw_country_code", "last_order_ts" AS "raw_last_order_ts", "first_order_ts" AS "raw_first_order_ts", "total_orders" AS "raw_total_orders", "voucher_amount" AS "raw_voucher_amount", "voucher: name of the file" AS source_file, file_row_number + 1 AS source_row, file_index + 0 AS file_position FROM read_parquet(['<raw files>'], filename = 'voucher: name of the file', hive_partitioning = false)
      ) AS source
    ) AS parsed
  ) AS judged
  WHERE voucher_is_rejected(reason_number, file_position, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount"))
) TO '<out>/rejected.parquet' (FORMAT parquet, COMPRESSION zstd);
