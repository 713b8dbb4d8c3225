-- write stored rows with their segments under this definition
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
    SELECT "timestamp",
      "country_code",
      "last_order_ts",
      "first_order_ts",
      "total_orders",
      "voucher_amount",
      source_file,
      source_row,
      CASE
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
    FROM read_parquet(['<processed files>'], hive_partitioning = false)
  ) AS segmented
) TO '<out>/relabelled.parquet' (FORMAT parquet, COMPRESSION zstd);
