-- what the comparison of two states of a table collects
CREATE TEMP TABLE label_pairs (in_before BOOLEAN, in_after BOOLEAN, "before group" VARCHAR, "before label 0" VARCHAR, "before label 1" VARCHAR, "after group" VARCHAR, "after label 0" VARCHAR, "after label 1" VARCHAR, row_count BIGINT);

-- rows of one place
INSERT INTO label_pairs
SELECT true, true, "before group", "before label 0", "before label 1", "after group", "after label 0", "after label 1", count(*)
FROM (
  SELECT source_file, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount") AS "hash of values", translate("country_code", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS "before group", "frequency_segment" AS "before label 0", "recency_segment" AS "before label 1"
  FROM before_rows
) AS before
JOIN (
  SELECT source_file, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount") AS "hash of values", translate("country_code", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS "after group", "frequency_segment" AS "after label 0", "recency_segment" AS "after label 1"
  FROM after_rows
) AS after USING (source_file, source_row, "hash of values")
GROUP BY ALL;

-- whether any is left over
SELECT (SELECT count(*) FROM before_rows), (SELECT count(*) FROM after_rows),
  (SELECT coalesce(sum(row_count), 0)::BIGINT FROM label_pairs);

-- rows of equal values among those
CREATE TEMP TABLE before_rest AS
SELECT "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount", "before group", "before label 0", "before label 1", row_number() OVER (PARTITION BY "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount" ORDER BY source_file, source_row) AS "copy number"
FROM (
  SELECT source_file, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount") AS "hash of values", "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount", translate("country_code", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS "before group", "frequency_segment" AS "before label 0", "recency_segment" AS "before label 1"
  FROM before_rows
) AS before
ANTI JOIN (
  SELECT source_file, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount") AS "hash of values"
  FROM after_rows
) AS after USING (source_file, source_row, "hash of values");
CREATE TEMP TABLE after_rest AS
SELECT "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount", "after group", "after label 0", "after label 1", row_number() OVER (PARTITION BY "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount" ORDER BY source_file, source_row) AS "copy number"
FROM (
  SELECT source_file, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount") AS "hash of values", "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount", translate("country_code", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS "after group", "frequency_segment" AS "after label 0", "recency_segment" AS "after label 1"
  FROM after_rows
) AS after
ANTI JOIN (
  SELECT source_file, source_row, hash("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount") AS "hash of values"
  FROM before_rows
) AS before USING (source_file, source_row, "hash of values");
INSERT INTO label_pairs
SELECT before."copy number" IS NOT NULL, after."copy number" IS NOT NULL, "before group", "before label 0", "before label 1", "after group", "after label 0", "after label 1", count(*)
FROM before_rest AS before
FULL JOIN after_rest AS after ON before."copy number" = after."copy number"
  AND before."timestamp" IS NOT DISTINCT FROM after."timestamp"
  AND before."country_code" IS NOT DISTINCT FROM after."country_code"
  AND before."last_order_ts" IS NOT DISTINCT FROM after."last_order_ts"
  AND before."first_order_ts" IS NOT DISTINCT FROM after."first_order_ts"
  AND before."total_orders" IS NOT DISTINCT FROM after."total_orders"
  AND before."voucher_amount" IS NOT DISTINCT FROM after."voucher_amount"
GROUP BY ALL;

-- rows of files that both states hold, where they are labelled alike
INSERT INTO label_pairs
SELECT true, true, translate("country_code", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS "before group", "frequency_segment" AS "before label 0", "recency_segment" AS "before label 1", translate("country_code", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS "after group", "frequency_segment" AS "after label 0", "recency_segment" AS "after label 1", count(*)
FROM shared_rows
GROUP BY ALL;

-- the answer
SELECT NULL::VARCHAR AS variant, in_before, "before group", NULL::VARCHAR AS before_label, in_after, "after group", NULL::VARCHAR AS after_label,
  sum(row_count)::BIGINT AS row_count
FROM label_pairs
GROUP BY ALL
UNION ALL
SELECT 'frequency_segment'::VARCHAR AS variant, in_before, "before group", "before label 0"::VARCHAR AS before_label, in_after, "after group", "after label 0"::VARCHAR AS after_label,
  sum(row_count)::BIGINT AS row_count
FROM label_pairs
GROUP BY ALL
UNION ALL
SELECT 'recency_segment'::VARCHAR AS variant, in_before, "before group", "before label 1"::VARCHAR AS before_label, in_after, "after group", "after label 1"::VARCHAR AS after_label,
  sum(row_count)::BIGINT AS row_count
FROM label_pairs
GROUP BY ALL
ORDER BY ALL NULLS FIRST;
