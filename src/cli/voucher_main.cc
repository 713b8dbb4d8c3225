#include "cli/app.h"

int main(int argc, char** argv) {
  return voucher::run_voucher(argc, argv);
}
