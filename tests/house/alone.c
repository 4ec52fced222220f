/* Linked with the whole of one folder's library and what it may use: an upward call does not link. */
int main(void)
{
	return 0;
}
