-- write the valid rows, first copies only, with their segments
COPY (
  SELECT "timestamp",
    "country_code",
    "last_order_ts",
    "first_order_ts",
    "total_orders",
    "voucher_amount",
    CASE "number of frequency_segment"
           WHEN 0 THEN '0-4'
           WHEN 1 THEN '5-13'
           WHEN 2 THEN '14-37' END AS "frequency_segment",
    CASE "number of recency_segment"
           WHEN 0 THEN '30-60'
           WHEN 1 THEN '61-90'
           WHEN 2 THEN '91-120'
           WHEN 3 THEN '121-180'
           WHEN 4 THEN '180+' END AS "recency_segment",
    source_file,
    source_row
  FROM (
    SELECT *, CASE
           WHEN "total_orders" BETWEEN 0 AND 4 THEN 0
           WHEN "total_orders" BETWEEN 5 AND 13 THEN 1
           WHEN "total_orders" BETWEEN 14 AND 37 THEN 2
           ELSE 3 END AS "number of frequency_segment",
      CASE
           WHEN (CAST("timestamp" AS DATE) - CAST("last_order_ts" AS DATE)) BETWEEN 30 AND 60 THEN 0
           WHEN (CAST("timestamp" AS DATE) - CAST("last_order_ts" AS DATE)) BETWEEN 61 AND 90 THEN 1
           WHEN (CAST("timestamp" AS DATE) - CAST("last_order_ts" AS DATE)) BETWEEN 91 AND 120 THEN 2
           WHEN (CAST("timestamp" AS DATE) - CAST("last_order_ts" AS DATE)) BETWEEN 121 AND 180 THEN 3
           WHEN (CAST("timestamp" AS DATE) - CAST("last_order_ts" AS DATE)) >= 181 THEN 4
           ELSE 5 END AS "number of recency_segment"
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
  ) AS segmented
  WHERE voucher_is_processed(reason_number, file_position, source_row, "number of frequency_segment", "number of recency_segment", "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount")
) TO '<out>/processed.parquet' (FORMAT parquet, COMPRESSION zstd);
