-- What a careful person writes for customer/voucher without the product: the same rows, rejects, duplicates and views.
-- {raw}, {processed}, {rejected} and {views} are files.
CREATE TEMP VIEW parsed AS
SELECT *, try_cast("timestamp" AS TIMESTAMP) AS assigned, try_cast(last_order_ts AS TIMESTAMP) AS last_order,
  try_cast(first_order_ts AS TIMESTAMP) AS first_order,
  CASE WHEN regexp_full_match(total_orders, '[+-]?[0-9]+(\.0+)?') THEN try_cast(try_cast(total_orders AS DOUBLE) AS BIGINT) END AS orders,
  try_cast(voucher_amount AS BIGINT) AS amount
FROM read_parquet('{raw}', filename = 'source_file', file_row_number = true);

CREATE TEMP VIEW judged AS
SELECT *, CASE
  WHEN "timestamp" IS NULL OR "timestamp" = '' THEN 'timestamp_missing'
  WHEN assigned IS NULL THEN 'timestamp_malformed'
  WHEN country_code IS NULL OR country_code = '' THEN 'country_code_missing'
  WHEN last_order_ts IS NULL OR last_order_ts = '' THEN 'last_order_ts_missing'
  WHEN last_order IS NULL THEN 'last_order_ts_malformed'
  WHEN first_order IS NULL THEN 'first_order_ts_missing'
  WHEN total_orders IS NULL OR total_orders = '' THEN 'total_orders_missing'
  WHEN orders IS NULL THEN 'total_orders_malformed'
  WHEN last_order > assigned THEN 'last_order_after_assignment'
  WHEN first_order > last_order THEN 'first_order_after_last_order'
  WHEN orders < 0 THEN 'total_orders_negative' END AS reason
FROM parsed;

COPY (SELECT "timestamp", country_code, last_order_ts, CAST(first_order_ts AS VARCHAR) AS first_order_ts, total_orders,
    CAST(voucher_amount AS VARCHAR) AS voucher_amount, source_file, file_row_number + 1 AS source_row, reason
  FROM judged WHERE reason IS NOT NULL) TO '{rejected}' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT assigned AS "timestamp", country_code, last_order AS last_order_ts, first_order AS first_order_ts, orders AS total_orders,
    amount AS voucher_amount,
    CASE WHEN orders BETWEEN 0 AND 4 THEN '0-4' WHEN orders BETWEEN 5 AND 13 THEN '5-13'
      WHEN orders BETWEEN 14 AND 37 THEN '14-37' END AS frequency_segment,
    CASE WHEN days BETWEEN 30 AND 60 THEN '30-60' WHEN days BETWEEN 61 AND 90 THEN '61-90' WHEN days BETWEEN 91 AND 120 THEN '91-120'
      WHEN days BETWEEN 121 AND 180 THEN '121-180' WHEN days >= 181 THEN '180+' END AS recency_segment
  FROM (SELECT DISTINCT assigned, country_code, last_order, first_order, orders, amount,
      date_diff('day', CAST(last_order AS DATE), CAST(assigned AS DATE)) AS days
    FROM judged WHERE reason IS NULL)
) TO '{processed}' (FORMAT parquet, COMPRESSION zstd);

CREATE TEMP TABLE cells AS
SELECT upper(country_code) AS country, frequency_segment, recency_segment, voucher_amount, count(*) AS support
FROM '{processed}' WHERE voucher_amount IS NOT NULL GROUP BY 1, 2, 3, 4;

COPY (
  SELECT * FROM (SELECT country, 'frequency' AS variant, frequency_segment AS segment, voucher_amount, sum(support) AS support FROM cells
      WHERE frequency_segment IS NOT NULL GROUP BY 1, 2, 3, 4
    UNION ALL SELECT country, 'recency', recency_segment, voucher_amount, sum(support) FROM cells
      WHERE recency_segment IS NOT NULL GROUP BY 1, 2, 3, 4)
  QUALIFY row_number() OVER (PARTITION BY country, variant, segment ORDER BY support DESC, voucher_amount) = 1
) TO '{views}' (FORMAT csv, HEADER);
