-- write stored rows with their segments under this definition
COPY (
  SELECT "Region",
    "plan",
    "meter_read_at",
    "contract_start",
    "last_payment_at",
    "consumption_kwh",
    "balance_cents",
    "note",
    "discount_cents",
    CASE "number of tenure"
           WHEN 0 THEN 'first month'
           WHEN 1 THEN 'first year'
           WHEN 2 THEN 'mehr als 1 Jahr – treu' END AS "tenure",
    CASE "number of payment"
           WHEN 0 THEN 'in advance'
           WHEN 1 THEN 'on time'
           WHEN 2 THEN 'late' END AS "payment",
    CASE "number of balance"
           WHEN 0 THEN 'credit'
           WHEN 1 THEN 'zero'
           WHEN 2 THEN 'small debt'
           WHEN 3 THEN 'debt' END AS "balance",
    source_file,
    source_row
  FROM (
    SELECT "Region",
      "plan",
      "meter_read_at",
      "contract_start",
      "last_payment_at",
      "consumption_kwh",
      "balance_cents",
      "note",
      "discount_cents",
      source_file,
      source_row,
      CASE
           WHEN (CAST("meter_read_at" AS DATE) - CAST("contract_start" AS DATE)) BETWEEN 0 AND 30 THEN 0
           WHEN (CAST("meter_read_at" AS DATE) - CAST("contract_start" AS DATE)) BETWEEN 31 AND 365 THEN 1
           WHEN (CAST("meter_read_at" AS DATE) - CAST("contract_start" AS DATE)) >= 366 THEN 2
           ELSE 3 END AS "number of tenure",
      CASE
           WHEN (CAST("meter_read_at" AS DATE) - CAST("last_payment_at" AS DATE)) <= -1 THEN 0
           WHEN (CAST("meter_read_at" AS DATE) - CAST("last_payment_at" AS DATE)) BETWEEN 0 AND 14 THEN 1
           WHEN (CAST("meter_read_at" AS DATE) - CAST("last_payment_at" AS DATE)) BETWEEN 15 AND 60 THEN 2
           ELSE 3 END AS "number of payment",
      CASE
           WHEN "balance_cents" BETWEEN 1 AND 100000 THEN 0
           WHEN "balance_cents" = 0 THEN 1
           WHEN "balance_cents" BETWEEN -5000 AND -1 THEN 2
           WHEN "balance_cents" BETWEEN -100000 AND -10001 THEN 3
           ELSE 4 END AS "number of balance"
    FROM read_parquet(['<processed files>'], hive_partitioning = false)
  ) AS segmented
) TO '<out>/relabelled.parquet' (FORMAT parquet, COMPRESSION zstd);
