/* The files of google/type/ without comments and options, from googleapis (Copyright Google LLC, Apache-2.0). */
#include "compat/protobuf/pbuf_int.h"

static const char calendar_period_text[] =
	"syntax = \"proto3\"; package google.type; enum CalendarPeriod { "
	"CALENDAR_PERIOD_UNSPECIFIED = 0; DAY = 1; WEEK = 2; FORTNIGHT = 3; MONTH = 4; QUARTER = "
	"5; HALF = 6; YEAR = 7; } ";

static const char color_text[] =
	"syntax = \"proto3\"; package google.type; import \"google/protobuf/wrappers.proto\"; message "
	"Color { float red = 1; float green = 2; float blue = 3; google.protobuf.FloatValue alpha "
	"= 4; } ";

static const char date_text[] =
	"syntax = \"proto3\"; package google.type; message Date { int32 year = 1; int32 month = 2; "
	"int32 day = 3; } ";

static const char datetime_text[] =
	"syntax = \"proto3\"; package google.type; import \"google/protobuf/duration.proto\"; message "
	"DateTime { int32 year = 1; int32 month = 2; int32 day = 3; int32 hours = 4; int32 "
	"minutes = 5; int32 seconds = 6; int32 nanos = 7; oneof time_offset { "
	"google.protobuf.Duration utc_offset = 8; TimeZone time_zone = 9; } } message TimeZone { "
	"string id = 1; string version = 2; } ";

static const char dayofweek_text[] =
	"syntax = \"proto3\"; package google.type; enum DayOfWeek { DAY_OF_WEEK_UNSPECIFIED = 0; "
	"MONDAY = 1; TUESDAY = 2; WEDNESDAY = 3; THURSDAY = 4; FRIDAY = 5; SATURDAY = 6; SUNDAY = "
	"7; } ";

static const char decimal_text[] =
	"syntax = \"proto3\"; package google.type; message Decimal { string value = 1; } ";

static const char expr_text[] =
	"syntax = \"proto3\"; package google.type; message Expr { string expression = 1; string "
	"title = 2; string description = 3; string location = 4; } ";

static const char fraction_text[] =
	"syntax = \"proto3\"; package google.type; message Fraction { int64 numerator = 1; int64 "
	"denominator = 2; } ";

static const char interval_text[] =
	"syntax = \"proto3\"; package google.type; import \"google/protobuf/timestamp.proto\"; "
	"message Interval { google.protobuf.Timestamp start_time = 1; google.protobuf.Timestamp "
	"end_time = 2; } ";

static const char latlng_text[] =
	"syntax = \"proto3\"; package google.type; message LatLng { double latitude = 1; double "
	"longitude = 2; } ";

static const char money_text[] =
	"syntax = \"proto3\"; package google.type; message Money { string currency_code = 1; int64 "
	"units = 2; int32 nanos = 3; } ";

static const char month_text[] =
	"syntax = \"proto3\"; package google.type; enum Month { MONTH_UNSPECIFIED = 0; JANUARY = 1; "
	"FEBRUARY = 2; MARCH = 3; APRIL = 4; MAY = 5; JUNE = 6; JULY = 7; AUGUST = 8; SEPTEMBER = "
	"9; OCTOBER = 10; NOVEMBER = 11; DECEMBER = 12; } ";

static const char phone_number_text[] =
	"syntax = \"proto3\"; package google.type; message PhoneNumber { string extension = 3; "
	"oneof kind { string e164_number = 1; ShortCode short_code = 2; } message ShortCode { "
	"string region_code = 1; string number = 2; } } ";

static const char postal_address_text[] =
	"syntax = \"proto3\"; package google.type; message PostalAddress { int32 revision = 1; "
	"string region_code = 2; string language_code = 3; string postal_code = 4; string "
	"sorting_code = 5; string administrative_area = 6; string locality = 7; string "
	"sublocality = 8; repeated string address_lines = 9; repeated string recipients = 10; "
	"string organization = 11; } ";

static const char quaternion_text[] =
	"syntax = \"proto3\"; package google.type; message Quaternion { double x = 1; double y = 2; "
	"double z = 3; double w = 4; } ";

static const char timeofday_text[] =
	"syntax = \"proto3\"; package google.type; message TimeOfDay { int32 hours = 1; int32 "
	"minutes = 2; int32 seconds = 3; int32 nanos = 4; } ";

const struct pbuf_known pbuf_known_type[] = {
	{ { "google/type/calendar_period.proto", 33 }, { "google.type", 11 },
		" CalendarPeriod ",
		calendar_period_text },
	{ { "google/type/color.proto", 23 }, { "google.type", 11 },
		" Color ",
		color_text },
	{ { "google/type/date.proto", 22 }, { "google.type", 11 },
		" Date ",
		date_text },
	{ { "google/type/datetime.proto", 26 }, { "google.type", 11 },
		" DateTime TimeZone ",
		datetime_text },
	{ { "google/type/dayofweek.proto", 27 }, { "google.type", 11 },
		" DayOfWeek ",
		dayofweek_text },
	{ { "google/type/decimal.proto", 25 }, { "google.type", 11 },
		" Decimal ",
		decimal_text },
	{ { "google/type/expr.proto", 22 }, { "google.type", 11 },
		" Expr ",
		expr_text },
	{ { "google/type/fraction.proto", 26 }, { "google.type", 11 },
		" Fraction ",
		fraction_text },
	{ { "google/type/interval.proto", 26 }, { "google.type", 11 },
		" Interval ",
		interval_text },
	{ { "google/type/latlng.proto", 24 }, { "google.type", 11 },
		" LatLng ",
		latlng_text },
	{ { "google/type/money.proto", 23 }, { "google.type", 11 },
		" Money ",
		money_text },
	{ { "google/type/month.proto", 23 }, { "google.type", 11 },
		" Month ",
		month_text },
	{ { "google/type/phone_number.proto", 30 }, { "google.type", 11 },
		" PhoneNumber ",
		phone_number_text },
	{ { "google/type/postal_address.proto", 32 }, { "google.type", 11 },
		" PostalAddress ",
		postal_address_text },
	{ { "google/type/quaternion.proto", 28 }, { "google.type", 11 },
		" Quaternion ",
		quaternion_text },
	{ { "google/type/timeofday.proto", 27 }, { "google.type", 11 },
		" TimeOfDay ",
		timeofday_text },
	{ { NULL, 0 }, { NULL, 0 }, NULL, NULL },
};
